import type { CloseReason, Handled } from "@trofie/reactor";
import type { FoundBox, AmpBox } from "@trofie/reactor/amp";
import { fromBytes, toBytes } from "./case.ts";
import { obey } from "./obey.ts";
import { hold, type Making, type Talker } from "./receivers.ts";

/** How large a box may be, where nothing else is said. */
const LARGEST_BYTES = 4 * 1024 * 1024;

/** A receiver of AMP's boxes that tells each and does what its `_command` says; `receivers.py` has the same. */
export function makeBoxReceiver({ reactor, settings, tell }: Making): Talker {
  const { BoxParser, serializeBox } = reactor.amp;

  class Boxes extends reactor.Receiver<FoundBox> implements Talker {
    readonly obeysPause = true;
    #isRaw = false;

    send(message: string): void {
      this.#sendBox(new Map([["message", toBytes(message)]]));
    }

    override dataReceived(bytes: Uint8Array): Handled {
      if (!this.#isRaw) return super.dataReceived(bytes);
      tell("raw", fromBytes(bytes));
    }

    override connectionLost(reason: CloseReason): void {
      tell("lost", reason.kind);
    }

    protected override makeParser() {
      return new BoxParser(settings.maxLength ?? LARGEST_BYTES);
    }

    protected override messageReceived(box: FoundBox): Handled {
      if (!(box instanceof Map)) throw new reactor.ProtocolError(box.why);
      tell("box", ...namesAndValues(box));
      const command = fromBytes(box.get("_command") ?? new Uint8Array(0));
      if (command === "echo") this.#sendBox(box);
      else if (command === "switch") this.#becomeRaw();
      else obey(command, this, tell);
      return hold(settings);
    }

    #sendBox(box: AmpBox): void {
      this.transport.write(serializeBox(box));
    }

    /** As when another protocol takes over. */
    #becomeRaw(): void {
      this.#isRaw = true;
      const rest = this.takeRest();
      if (rest.length > 0) tell("raw", fromBytes(rest));
    }
  }
  return new Boxes();
}

/** In the order of the names' bytes. */
function namesAndValues(box: AmpBox): string[] {
  const names = [...box.keys()].toSorted((one, other) => (one < other ? -1 : 1));
  return names.flatMap((name) => [name, fromBytes(box.get(name)!)]);
}

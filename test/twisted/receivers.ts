import type * as reactorModule from "@trofie/reactor";
import type { CloseReason, Handled, Protocol } from "@trofie/reactor";
import { fromBytes, type ReceiverName, type Settings } from "./case.ts";
import { obey } from "./obey.ts";

/** The reactor to be tried: the package itself, or a copy of its sources that has a fault. */
export type ReactorModule = typeof reactorModule;

export type Tell = (...event: string[]) => void;

/** A protocol that can be made to send a message, as `receivers.py` has them too. */
export interface Talker extends Protocol {
  send(message: string): void;
}

/** A protocol on our receiver of that name: it tells what it hears and does what a message says. */
export function makeReceiver(
  reactor: ReactorModule,
  name: ReceiverName,
  settings: Partial<Settings>,
  tell: Tell,
): Talker {
  const maker = makers[name];
  if (!maker) throw new Error(`Cannot make a ${name}: there is none yet`);
  return maker(reactor, settings, tell);
}

const makers: Partial<
  Record<ReceiverName, (reactor: ReactorModule, settings: Partial<Settings>, tell: Tell) => Talker>
> = {
  LineOnlyReceiver: makeLineOnlyReceiver,
};

/** The receivers that can be tried. */
export const receiverNames = Object.keys(makers) as ReceiverName[];

function makeLineOnlyReceiver(
  { LineOnlyReceiver }: ReactorModule,
  settings: Partial<Settings>,
  tell: Tell,
): Talker {
  class Lines extends LineOnlyReceiver implements Talker {
    override readonly delimiter = settings.delimiter ?? "\r\n";
    override readonly maxLengthBytes = settings.maxLength ?? 16_384;

    send(message: string): void {
      this.sendLine(message);
    }

    override lineReceived(line: string): Handled {
      tell("line", fromBytes(Buffer.from(line)));
      obey(line, this.transport, (answer) => this.sendLine(answer));
      if (settings.holds) return Promise.resolve();
    }

    override undecodableLineReceived(bytes: Uint8Array): void {
      tell("undecodable", fromBytes(bytes));
    }

    override lineLengthExceeded(): void {
      tell("too-long");
      if (!settings.keepsOpen) void this.transport.loseConnection();
    }

    override connectionLost(reason: CloseReason): void {
      tell("lost", reason.kind);
    }
  }
  return new Lines();
}

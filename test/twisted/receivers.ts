import type { CloseReason, Handled, LineReceiver, Protocol } from "@trofie/reactor";
import { makeBoxReceiver } from "./boxes.ts";
import { fromBytes, type ReceiverName, type Settings } from "./case.ts";
import { obey } from "./obey.ts";
import type { ReactorModule } from "./reactor-module.ts";

export type Tell = (...event: string[]) => void;

/** A protocol that can be made to send a message, as `receivers.py` has them too. */
export interface Talker extends Protocol {
  send(message: string): void;
  /** Twisted's of that name can be paused by its own handler too. */
  readonly obeysPause?: boolean;
}

/** What a protocol of ours is made of. */
export interface Making {
  readonly reactor: ReactorModule;
  readonly settings: Partial<Settings>;
  readonly tell: Tell;
}

/** A protocol on our receiver of that name: it tells what it hears and does what a message says. */
export function makeReceiver(name: ReceiverName, making: Making): Talker {
  return makers[name](making);
}

const makers: Record<ReceiverName, (making: Making) => Talker> = {
  LineOnlyReceiver: makeLineOnlyReceiver,
  LineReceiver: makeLineReceiver,
  NetstringReceiver: makeNetstringReceiver,
  Int8StringReceiver: (making) => makeIntStringReceiver(making, making.reactor.Int8StringReceiver),
  Int16StringReceiver: (making) => makeIntStringReceiver(making, making.reactor.Int16StringReceiver),
  Int32StringReceiver: (making) => makeIntStringReceiver(making, making.reactor.Int32StringReceiver),
  BinaryBoxProtocol: makeBoxReceiver,
};

/** The receivers that can be tried. */
export const receiverNames = Object.keys(makers) as ReceiverName[];

function makeLineOnlyReceiver({ reactor, settings, tell }: Making): Talker {
  class Lines extends reactor.LineOnlyReceiver implements Talker {
    override readonly delimiter = settings.delimiter ?? "\r\n";
    override readonly maxLengthBytes = settings.maxLength ?? 16_384;

    send(message: string): void {
      this.sendLine(message);
    }

    override lineReceived(line: string): Handled {
      tell("line", fromBytes(Buffer.from(line)));
      obey(line, this, tell);
      return hold(settings);
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

function makeLineReceiver({ reactor, settings, tell }: Making): Talker {
  class Lines extends reactor.LineReceiver implements Talker {
    override readonly delimiter = settings.delimiter ?? "\r\n";
    override readonly maxLengthBytes = settings.maxLength ?? 16_384;
    readonly obeysPause = true;
    #rawLeft = 0;

    send(message: string): void {
      this.sendLine(message);
    }

    override lineReceived(line: string): Handled {
      tell("line", fromBytes(Buffer.from(line)));
      this.#rawLeft = obeyModes(line, this, tell);
      obey(line, this, tell);
      return hold(settings);
    }

    override rawDataReceived(bytes: Uint8Array): Handled {
      const mine = bytes.subarray(0, this.#rawLeft);
      this.#rawLeft -= mine.length;
      if (mine.length > 0) tell("raw", fromBytes(mine));
      if (this.#rawLeft === 0) this.setLineMode(bytes.subarray(mine.length));
      return hold(settings);
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

/** `raw 12` and `clear`. Returns how many raw bytes are to come. */
function obeyModes(line: string, receiver: LineReceiver, tell: Tell): number {
  const [, count] = /^raw (\d+)$/.exec(line) ?? [];
  if (count !== undefined) receiver.setRawMode();
  if (line === "clear") tell("cleared", fromBytes(receiver.clearLineBuffer()));
  return Number(count ?? 0);
}

function makeNetstringReceiver({ reactor, settings, tell }: Making): Talker {
  class Strings extends reactor.NetstringReceiver implements Talker {
    override readonly maxLengthBytes = settings.maxLength ?? 99_999;

    send(message: string): void {
      this.sendString(Buffer.from(message, "latin1"));
    }

    override stringReceived(bytes: Uint8Array): Handled {
      tell("string", fromBytes(bytes));
      obey(fromBytes(bytes), this, tell);
      return hold(settings);
    }

    override connectionLost(reason: CloseReason): void {
      tell("lost", reason.kind);
    }
  }
  return new Strings();
}

type IntStringReceiver = ReactorModule["Int8StringReceiver" | "Int16StringReceiver" | "Int32StringReceiver"];

function makeIntStringReceiver({ settings, tell }: Making, Receiver: IntStringReceiver): Talker {
  class Strings extends (Receiver as ReactorModule["Int32StringReceiver"]) implements Talker {
    readonly obeysPause = true;
    override readonly maxLengthBytes = settings.maxLength ?? 99_999;

    send(message: string): void {
      this.sendString(Buffer.from(message, "latin1"));
    }

    override stringReceived(bytes: Uint8Array): Handled {
      tell("string", fromBytes(bytes));
      obey(fromBytes(bytes), this, tell);
      return hold(settings);
    }

    override lengthLimitExceeded(lengthBytes: number): void {
      tell("too-long", String(lengthBytes));
      if (!settings.keepsOpen) void this.transport.loseConnection();
    }

    override connectionLost(reason: CloseReason): void {
      tell("lost", reason.kind);
    }
  }
  return new Strings();
}

/** What a handler returns. */
export function hold({ holds }: Partial<Settings>): Handled {
  if (holds) return Promise.resolve();
}

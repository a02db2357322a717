import type * as reactorModule from "@trofie/reactor";
import type { Handled, LineOnlyReceiver, Protocol } from "@trofie/reactor";
import { ClosedError } from "@trofie/reactor";
import { StringTransport } from "@trofie/reactor/testing";
import { fromBytes, type Case, type Event, type Settings, type Trace } from "./case.ts";
import { obey } from "./obey.ts";

/** The reactor to be tried: the package itself, or a copy of its sources that has a fault. */
export type ReactorModule = typeof reactorModule;

/** Gives a case to our receiver and writes down what it is told, as `traces.py` does with Twisted's. */
export async function traceOfOurs(
  reactor: ReactorModule,
  { receiver, settings, chunks }: Case,
): Promise<Trace> {
  const trace: Event[] = [];
  const transport = new RecordingTransport(trace);
  const protocol = makers[receiver]?.(reactor, settings, trace);
  if (!protocol) throw new Error(`Cannot run a case: there is no ${receiver} yet`);
  void protocol.makeConnection(transport);
  try {
    let handled: Handled = undefined;
    for (const chunk of chunks) {
      if (transport.disconnecting) break;
      handled = protocol.dataReceived(Buffer.from(chunk, "latin1"));
    }
    if (handled) await handled;
  } catch (error) {
    if (error instanceof reactor.ProtocolError) void transport.loseConnection();
    else if (!(error instanceof ClosedError)) throw error; // As a connection does: the protocol wrote too late.
  }
  return trace;
}

/** Writes down what a protocol asks of its transport. */
class RecordingTransport extends StringTransport {
  readonly #trace: Event[];

  constructor(trace: Event[]) {
    super();
    this.#trace = trace;
  }

  override write(data: string | Uint8Array): boolean {
    const hasRoom = super.write(data);
    this.#trace.push(["write", fromBytes(Buffer.from(data))]);
    return hasRoom;
  }

  override loseConnection() {
    if (!this.disconnecting) this.#trace.push(["close"]);
    return super.loseConnection();
  }

  override abortConnection() {
    this.#trace.push(["abort"]);
    super.abortConnection();
  }
}

type Make = (reactor: ReactorModule, settings: Settings, trace: Event[]) => Protocol;

const makers: Partial<Record<Case["receiver"], Make>> = {
  LineOnlyReceiver: makeLineOnlyReceiver,
};

/** The receivers that can be tried. */
export const receivers = Object.keys(makers) as Case["receiver"][];

function makeLineOnlyReceiver(
  { LineOnlyReceiver }: ReactorModule,
  settings: Settings,
  trace: Event[],
): LineOnlyReceiver {
  class Lines extends LineOnlyReceiver {
    override readonly delimiter = settings.delimiter ?? "\r\n";
    override readonly maxLengthBytes = settings.maxLength;

    override lineReceived(line: string): Handled {
      trace.push(["line", fromBytes(Buffer.from(line))]);
      obey(line, this.transport, (answer) => this.sendLine(answer));
      if (settings.holds) return Promise.resolve();
    }

    override undecodableLineReceived(bytes: Uint8Array): void {
      trace.push(["undecodable", fromBytes(bytes)]);
    }

    override lineLengthExceeded(): void {
      trace.push(["too-long"]);
      if (!settings.keepsOpen) void this.transport.loseConnection();
    }
  }
  return new Lines();
}

import { ClosedError, type Handled } from "@trofie/reactor";
import { StringTransport } from "@trofie/reactor/testing";
import { fromBytes, type Case, type Trace } from "./case.ts";
import { makeReceiver, type ReactorModule, type Tell } from "./receivers.ts";

/** Gives a case to our receiver and writes down what it is told, as `traces.py` does with Twisted's. */
export async function traceOfOurs(
  reactor: ReactorModule,
  { receiver, settings, chunks }: Case,
): Promise<Trace> {
  const trace: string[][] = [];
  const tell = teller(trace);
  const transport = new TellingTransport(tell);
  const protocol = makeReceiver(reactor, receiver, settings, tell);
  try {
    void protocol.makeConnection(transport);
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

/** Writes events down. However raw bytes are cut, they are one event. */
function teller(trace: string[][]): Tell {
  return (...event) => {
    const [word, text = ""] = event;
    const last = trace.at(-1);
    if (word === "raw" && last?.[0] === "raw") last[1] += text;
    else trace.push(event);
  };
}

/** Tells what a protocol asks of its transport. */
class TellingTransport extends StringTransport {
  readonly #tell: Tell;

  constructor(tell: Tell) {
    super();
    this.#tell = tell;
  }

  override write(data: string | Uint8Array): boolean {
    const hasRoom = super.write(data);
    this.#tell("write", fromBytes(Buffer.from(data)));
    return hasRoom;
  }

  override loseConnection() {
    if (!this.disconnecting) this.#tell("close");
    return super.loseConnection();
  }

  override abortConnection() {
    this.#tell("abort");
    super.abortConnection();
  }
}

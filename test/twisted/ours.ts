import type { Handled } from "@trofie/reactor";
import { StringTransport } from "@trofie/reactor/testing";
import { fromBytes, type Case, type Trace } from "./case.ts";
import type { ReactorModule } from "./reactor-module.ts";
import { makeReceiver, type Talker, type Tell } from "./receivers.ts";

/** Gives a case to our receiver and writes down what it is told, as `traces.py` does with Twisted's. */
export async function traceOfOurs(reactor: ReactorModule, one: Case): Promise<Trace> {
  const trace: string[][] = [];
  const tell = teller(trace);
  const transport = new TellingTransport(tell);
  try {
    await feed(makeReceiver(one.receiver, { reactor, settings: one.settings, tell }), transport, one);
  } catch (error) {
    if (error instanceof reactor.ProtocolError) void transport.loseConnection();
    else if ((error as Error).name !== "ClosedError") tell("threw", String(error)); // Else it wrote too late.
  }
  return trace;
}

/**
 * Feeds the chunks as a connection does. A handler's promise is not waited for before the next chunk comes, unless
 * the protocol throws away what has come, for that depends on when it comes.
 */
async function feed(protocol: Talker, transport: TellingTransport, { chunks }: Case): Promise<void> {
  const waits = chunks.join("").includes("clear");
  void protocol.makeConnection(transport);
  let handled: Handled = undefined;
  for (const chunk of chunks) {
    if (transport.disconnecting) break;
    const handling = protocol.dataReceived(Buffer.from(chunk, "latin1"));
    handled = handling ?? handled;
    if (handling && !waits) continue;
    if (handling) await handling;
    await transport.resumed();
  }
  await handled;
  await transport.resumed();
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
  #handled: Handled = undefined;

  constructor(tell: Tell) {
    super();
    this.#tell = tell;
  }

  /** Resumes reading, as often as the protocol pauses it, and waits for what it then does. */
  async resumed(): Promise<void> {
    while (this.isReadingPaused && !this.disconnecting) {
      this.#tell("resume");
      this.resumeReading();
      await this.#handled;
    }
  }

  override whenReading(handler: () => Handled): void {
    super.whenReading(() => (this.#handled = handler()));
  }

  override writeSequence(parts: Iterable<string | Uint8Array>): boolean {
    return this.write(Buffer.concat(Array.from(parts, (part) => Buffer.from(part))));
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

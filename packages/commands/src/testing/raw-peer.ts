/** A client that says whatever a test wants, and keeps what it hears. */
import { Factory, LineOnlyReceiver, type CloseReason } from "@trofie/reactor";
import type { Bakery } from "./bakery.ts";

export class RawPeer extends LineOnlyReceiver {
  override readonly delimiter = "\n";
  override readonly maxLengthBytes = 1_048_576;
  readonly heard: Record<string, unknown>[] = [];
  lost: CloseReason | null = null;

  static async connect(bakery: Bakery): Promise<RawPeer> {
    const peer = await bakery.clock.run(
      bakery.reactor.connectTCP("127.0.0.1", 1234, Factory.forProtocol(RawPeer)),
    );
    await bakery.clock.advance(100);
    return peer;
  }

  override lineReceived(line: string): void {
    this.heard.push(JSON.parse(line) as Record<string, unknown>);
  }

  override connectionLost(reason: CloseReason): void {
    this.lost = reason;
  }

  say(message: object): void {
    this.sendLine(JSON.stringify({ jsonrpc: "2.0", ...message }));
  }

  /** Opens a session, by default as a client that only calls. */
  open(params: object = {}): void {
    this.say({
      id: 0,
      method: "session.open",
      params: {
        proto: [1],
        client: "00000000-0000-4000-8000-000000000001",
        agent: "raw",
        auth: { key: "open" },
        ...params,
      },
    });
  }

  /** The answer to a request. */
  answer(id: number | null): Record<string, unknown> | undefined {
    return this.heard.find((message) => message.id === id && !("method" in message));
  }

  notifications(method: string): Record<string, unknown>[] {
    return this.heard
      .filter((message) => message.method === method)
      .map(({ params }) => params as Record<string, unknown>);
  }
}

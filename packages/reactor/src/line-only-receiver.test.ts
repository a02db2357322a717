import { describe, expect, it } from "vitest";
import { ProtocolError } from "./errors.ts";
import { LineOnlyReceiver } from "./line-only-receiver.ts";
import { everyCut, settle, StringTransport, utf8 } from "./testing/index.ts";

class Lines extends LineOnlyReceiver {
  override readonly maxLengthBytes = 16;
  readonly lines: string[] = [];
  onLine: (line: string) => void | Promise<unknown> = () => {};

  override lineReceived(line: string) {
    this.lines.push(line);
    return this.onLine(line);
  }
}

function connected<P extends LineOnlyReceiver>(protocol: P): { protocol: P; transport: StringTransport } {
  const transport = new StringTransport();
  void protocol.makeConnection(transport);
  return { protocol, transport };
}

describe("a line receiver", () => {
  it("sends a line and its end in one write", () => {
    const { protocol, transport } = connected(new Lines());
    protocol.sendLine("hello");
    expect(transport.text()).toBe("hello\r\n");
  });

  it("refuses to send what the peer would take for two lines", () => {
    class Lenient extends Lines {
      override readonly acceptsLoneLF = true;
    }
    expect(() => connected(new Lines()).protocol.sendLine("a\r\nb")).toThrow(TypeError);
    expect(() => connected(new Lenient()).protocol.sendLine("a\nb")).toThrow(TypeError);
  });

  it("delivers no line after the one that closed the connection, however they are cut", async () => {
    for (const pieces of everyCut(utf8("a\r\nquit\r\nb\r\n"))) {
      const { protocol, transport } = connected(new Lines());
      protocol.onLine = (line) => (line === "quit" ? void transport.loseConnection() : undefined);
      for (const piece of pieces) await protocol.dataReceived(piece);
      expect(protocol.lines).toEqual(["a", "quit"]);
    }
  });

  it("closes when a line is too long, and says so once", () => {
    const { protocol, transport } = connected(new Lines());
    void protocol.dataReceived(utf8("ok\r\n12345678901234567"));
    void protocol.dataReceived(utf8("8\r\nlate\r\n"));
    expect(protocol.lines).toEqual(["ok"]);
    expect(transport.state).toBe("closing");
  });

  it("does not complain of a long line that comes after the one that closed", () => {
    const { protocol, transport } = connected(new Lines());
    let complaints = 0;
    protocol.lineLengthExceeded = () => void complaints++;
    protocol.onLine = () => void transport.loseConnection();
    void protocol.dataReceived(utf8("quit\r\n12345678901234567"));
    expect(complaints).toBe(0);
  });

  it("holds back the next line while the promise of one is outstanding", async () => {
    const { protocol } = connected(new Lines());
    const first = Promise.withResolvers<void>();
    protocol.onLine = (line) => (line === "first" ? first.promise : undefined);
    const handled = protocol.dataReceived(utf8("first\r\nsecond\r\n"));
    void protocol.dataReceived(utf8("third\r\n"));
    await settle();
    expect(protocol.lines).toEqual(["first"]);
    first.resolve();
    await handled;
    expect(protocol.lines).toEqual(["first", "second", "third"]);
  });

  it("says that a line which is no UTF-8 breaks the protocol's rules", () => {
    const { protocol } = connected(new Lines());
    expect(() => protocol.dataReceived(Buffer.from("caff\xe8\r\n", "latin1"))).toThrow(ProtocolError);
  });
});

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LineReceiver } from "./line-receiver.ts";
import { everyCut, randomCut, seededRandom, settle, StringTransport, utf8 } from "./testing/index.ts";

/** Lines; a line that is a number announces so many raw bytes. Writes down what comes, raw bytes joined. */
class Bodies extends LineReceiver {
  override readonly maxLengthBytes = 16;
  readonly events: string[] = [];
  onLine: (line: string) => void | Promise<unknown> = () => {};
  #missingBytes = 0;
  #body = "";

  override lineReceived(line: string) {
    this.events.push(`line ${line}`);
    if (/^\d+$/.test(line) && Number(line) > 0) {
      this.#missingBytes = Number(line);
      this.#body = "";
      this.setRawMode();
    }
    return this.onLine(line);
  }

  override rawDataReceived(bytes: Uint8Array): void | Promise<void> {
    const body = bytes.subarray(0, this.#missingBytes);
    this.#missingBytes -= body.length;
    this.#body += Buffer.from(body).toString("latin1");
    if (this.#missingBytes > 0) return;
    this.events.push(`raw ${this.#body}`);
    this.setLineMode(bytes.subarray(body.length));
  }

  override lineLengthExceeded() {
    this.events.push("too long");
  }

  override undecodableLineReceived() {
    this.events.push("undecodable");
  }
}

function connected<P extends LineReceiver>(protocol: P) {
  const transport = new StringTransport();
  void protocol.makeConnection(transport);
  return { protocol, transport };
}

async function eventsOf(pieces: Uint8Array[]): Promise<string[]> {
  const { protocol } = connected(new Bodies());
  for (const piece of pieces) await protocol.dataReceived(piece);
  return protocol.events;
}

const parts = fc.array(
  fc.oneof(
    fc.constantFrom(
      "a\r\n",
      "caffè ☕\r\n",
      "\r\n",
      "\r",
      "\n",
      "a line that is too long\r\n",
      "bad \xff\r\n",
    ),
    fc.string({ maxLength: 40 }).map((text) => {
      const body = Buffer.from(text);
      return body.length > 0 ? `${body.length}\r\n${text}` : "";
    }),
  ),
);

/** `\xff` stands for a byte that is no UTF-8. */
function bytesOf(texts: string[]): Uint8Array {
  return Buffer.concat(
    texts.map((text) => (text.includes("bad") ? Buffer.from(text, "latin1") : Buffer.from(text))),
  );
}

describe("a receiver of lines and raw bytes", () => {
  it("reads a body after its line and lines after the body, in one packet", async () => {
    expect(await eventsOf([utf8("hello\r\n5\r\na\r\nb\nbye\r\n")])).toEqual([
      "line hello",
      "line 5",
      "raw a\r\nb\n",
      "line bye",
    ]);
  });

  it("takes for a body what would be far too long for a line", async () => {
    const body = "x".repeat(100_000);
    expect(await eventsOf([utf8(`100000\r\n${body}next\r\n`)])).toEqual([
      "line 100000",
      `raw ${body}`,
      "line next",
    ]);
  });

  it("gives the same events however the bytes are cut, at every position", async () => {
    await fc.assert(
      fc.asyncProperty(parts, async (texts) => {
        const bytes = bytesOf(texts);
        const expected = await eventsOf([bytes]);
        for (const pieces of everyCut(bytes)) expect(await eventsOf(pieces)).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  it("gives the same events however the bytes are cut, at random", async () => {
    await fc.assert(
      fc.asyncProperty(parts, fc.integer(), async (texts, seed) => {
        const bytes = bytesOf(texts);
        const pieces = randomCut(bytes, seededRandom(seed), 12);
        expect(await eventsOf(pieces)).toEqual(await eventsOf([bytes]));
      }),
      { numRuns: 500 },
    );
  });

  it("delivers nothing while reading is paused inside a line, and the rest when it is resumed", () => {
    for (const pieces of everyCut(utf8("a\r\npause\r\nb\r\n2\r\nxyc\r\n"))) {
      const { protocol, transport } = connected(new Bodies());
      protocol.onLine = (line) => void (line === "pause" && transport.pauseReading());
      for (const piece of pieces) void protocol.dataReceived(piece);
      expect(protocol.events).toEqual(["line a", "line pause"]);
      transport.resumeReading();
      expect(protocol.events).toEqual(["line a", "line pause", "line b", "line 2", "raw xy", "line c"]);
    }
  });

  it("goes on without calling itself when a line pauses and resumes at once", () => {
    const { protocol, transport } = connected(new Bodies());
    let depth = 0;
    let deepest = 0;
    protocol.onLine = () => {
      deepest = Math.max(deepest, ++depth);
      transport.pauseReading();
      transport.resumeReading();
      depth -= 1;
    };
    void protocol.dataReceived(utf8("a\r\n".repeat(20_000)));
    expect(protocol.events).toHaveLength(20_000);
    expect(deepest).toBe(1);
  });

  it("changes its mode a hundred thousand times in one packet, and never calls itself", async () => {
    const { protocol } = connected(new Bodies());
    await protocol.dataReceived(utf8("1\r\nx".repeat(100_000)));
    expect(protocol.events).toHaveLength(200_000);
    expect(protocol.events.at(-1)).toBe("raw x");
  });

  it("waits for the promise of raw bytes before the next line", async () => {
    const handled = Promise.withResolvers<void>();
    class Slow extends Bodies {
      override async rawDataReceived(bytes: Uint8Array) {
        await handled.promise;
        await super.rawDataReceived(bytes);
      }
    }
    const { protocol } = connected(new Slow());
    void protocol.dataReceived(utf8("1\r\nxnext\r\n"));
    await settle();
    expect(protocol.events).toEqual(["line 1"]);
    handled.resolve();
    await settle();
    expect(protocol.events).toEqual(["line 1", "raw x", "line next"]);
  });

  it("gives up what has come after the present line, which nobody sees any more", () => {
    for (const pieces of everyCut(utf8("drop\r\nb\r\nrest"))) {
      const { protocol } = connected(new Bodies());
      let taken = "";
      protocol.onLine = (line) => {
        if (line === "drop") taken = Buffer.from(protocol.clearLineBuffer()).toString();
      };
      for (const piece of pieces) void protocol.dataReceived(piece);
      const left = protocol.events.slice(1).map((event) => `${event.slice(5)}\r\n`);
      const unfinished = Buffer.from(protocol.clearLineBuffer()).toString();
      expect(taken + left.join("") + unfinished).toBe("b\r\nrest");
    }
  });

  it("reads the rest of an unfinished line as raw bytes when the mode is changed between packets", () => {
    const { protocol } = connected(new Bodies());
    const raw: string[] = [];
    protocol.rawDataReceived = (bytes) => void raw.push(Buffer.from(bytes).toString());
    void protocol.dataReceived(utf8("a\r\nunfin"));
    void protocol.dataReceived(utf8("ish"));
    protocol.setRawMode();
    void protocol.dataReceived(utf8("ed\r\n"));
    expect(raw.join("")).toBe("unfinished\r\n");
  });

  it("delivers lines that are given back to it outside of any packet", () => {
    const { protocol } = connected(new Bodies());
    protocol.setRawMode();
    protocol.setLineMode(utf8("a\r\nb"));
    void protocol.dataReceived(utf8("c\r\n"));
    expect(protocol.events).toEqual(["line a", "line bc"]);
  });

  it("delivers nothing after the line that closed, raw or not", async () => {
    const { protocol, transport } = connected(new Bodies());
    protocol.onLine = () => void transport.loseConnection();
    await protocol.dataReceived(utf8("5\r\nabcdebye\r\n"));
    expect(protocol.events).toEqual(["line 5"]);
  });
});

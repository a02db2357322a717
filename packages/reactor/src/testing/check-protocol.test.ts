import { describe, expect, it } from "vitest";
import { LineOnlyReceiver } from "../line-only-receiver.ts";
import { Protocol } from "../protocol.ts";
import { checkProtocol } from "./check-protocol.ts";

class Shouting extends LineOnlyReceiver {
  override async lineReceived(line: string) {
    await Promise.resolve();
    if (line === "bye") void this.transport.loseConnection();
    else this.sendLine(line.toUpperCase());
  }
}

/** As the article's server: takes what arrives together for a message. */
class TakesPiecesForMessages extends Protocol {
  override dataReceived(bytes: Uint8Array) {
    const text = new TextDecoder().decode(bytes).trim();
    this.transport.write(text === "hello" ? "Hello! How are you?\r\n" : "unknown command\r\n");
  }
}

/** Decodes every piece alone: a character that is cut in two becomes two that are none. */
class DecodesPieces extends Protocol {
  override dataReceived(bytes: Uint8Array) {
    this.transport.write(new TextDecoder().decode(bytes));
  }
}

const good = "hello\r\ncaffè\r\nbye\r\nnot heard\r\n";

checkProtocol(
  "a line receiver",
  {
    make: () => new Shouting(),
    streams: [good, "no end of line", `${"x".repeat(20_000)}\r\nbye\r\n`, Uint8Array.of(0xff, 13, 10)],
  },
  it,
);

describe("the suite for protocols", () => {
  const failures = async (make: () => Protocol, stream: string) => {
    const checks: (() => Promise<void>)[] = [];
    checkProtocol("it", { make, streams: [stream] }, (_, run) => checks.push(run));
    const results = await Promise.allSettled(checks.map((run) => run()));
    return results.filter(({ status }) => status === "rejected").length;
  };

  it("finds a protocol that takes pieces for messages", async () => {
    expect(await failures(() => new TakesPiecesForMessages(), "hello\r\n")).toBeGreaterThan(2);
  });

  it("finds a protocol that decodes pieces", async () => {
    expect(await failures(() => new DecodesPieces(), "caffè")).toBeGreaterThan(1);
  });

  it("finds nothing in a protocol that has none of it", async () => {
    expect(await failures(() => new Shouting(), good)).toBe(0);
  });
});

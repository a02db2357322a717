import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Factory, Reactor, type Port } from "@trofie/reactor";
import { everyCut, MemoryNetwork, Recorder, utf8, VirtualClock } from "@trofie/reactor/testing";
import { afterAll, describe, expect, it } from "vitest";
import { GreeterFactory } from "./greeter.ts";

const GREETING = "Connection with the server established!\r\n";
const HELLO = "Hello! How are you?\r\n";
const SAVED = "Message saved!\r\n";
const GOODBYE = "Noooo don't go awayyyyy...\r\n";
const UNKNOWN = "I understand: hello, goodbye, write: <text>\r\n";

const folder = mkdtempSync(join(tmpdir(), "greeter-"));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

async function greeter(path = join(folder, `file-${files++}.txt`)) {
  const reactor = new Reactor();
  const factory = new GreeterFactory(path);
  const port = await reactor.listenTCP(0, factory);
  const saved = () => readFileSync(path, "utf8");
  return { reactor, factory, port, saved, [Symbol.asyncDispose]: () => reactor[Symbol.asyncDispose]() };
}

function dial({ address }: Port): Socket {
  return connect({ host: "127.0.0.1", port: address.kind === "tcp" ? address.port : 0, allowHalfOpen: true });
}

/** Sends the pieces, each in a packet of its own, and gives all that the server answered to its end. */
async function conversation(port: Port, ...pieces: (string | Uint8Array)[]): Promise<string> {
  const socket = dial(port).setNoDelay();
  for (const piece of pieces) {
    socket.write(piece);
    if (pieces.length > 1) await new Promise((resolve) => setTimeout(resolve, 10));
  }
  socket.end();
  return (await socket.toArray()).join("");
}

describe("the greeter", () => {
  it("answers each of two commands that come in one packet", async () => {
    await using server = await greeter();
    expect(await conversation(server.port, "hello\r\ngoodbye\r\n")).toBe(GREETING + HELLO + GOODBYE);
  });

  it("answers a command that comes in two packets, once", async () => {
    await using server = await greeter();
    expect(await conversation(server.port, "hel", "lo\r\n")).toBe(GREETING + HELLO);
  });

  it("joins a character that comes in two packets", async () => {
    await using server = await greeter();
    const bytes = utf8("write: caffè\r\n");
    expect(await conversation(server.port, bytes.subarray(0, 12), bytes.subarray(12))).toBe(GREETING + SAVED);
    expect(server.saved()).toBe("caffè\n");
  });

  it("tells a peer whose bytes are not UTF-8, and goes on with it", async () => {
    await using server = await greeter();
    const bytes = Buffer.concat([Buffer.from("write: caff\xe8\r\n", "latin1"), utf8("hello\n")]);
    expect(await conversation(server.port, bytes)).toBe(
      `${GREETING}Cannot read the line: it is not UTF-8\r\n${HELLO}`,
    );
  });

  it("saves the text as it was written, whatever letters it begins with", async () => {
    await using server = await greeter();
    const texts = ["tire", "erase sda: 100%", "write protect on", " spaced ", ""];
    const commands = texts.map((text) => `write: ${text}\n`).join("");
    expect(await conversation(server.port, commands)).toBe(GREETING + SAVED.repeat(texts.length));
    expect(server.saved()).toBe(texts.map((text) => `${text}\n`).join(""));
  });

  it("says what it understands when it does not understand", async () => {
    await using server = await greeter();
    expect(await conversation(server.port, "Hello\r\n\r\nwrite:x\r\n")).toBe(GREETING + UNKNOWN.repeat(3));
  });

  it("has the text in the file when it says that it is saved", async () => {
    await using server = await greeter();
    const socket = dial(server.port);
    socket.write("write: one\n");
    let heard = "";
    for await (const bytes of socket) {
      heard += bytes;
      if (heard.endsWith(SAVED)) break;
    }
    expect(server.saved()).toBe("one\n");
  });

  it("never mixes the texts of many who write at once", async () => {
    await using server = await greeter();
    const texts = Array.from({ length: 20 }, (_, index) => `${index} `.repeat(1000));
    await Promise.all(texts.map((text) => conversation(server.port, `write: ${text}\n`.repeat(3))));
    const lines = server.saved().split("\n").slice(0, -1);
    expect(lines.toSorted()).toEqual(texts.flatMap((text) => [text, text, text]).toSorted());
  });

  it("says why it cannot save, and goes on", async () => {
    await using server = await greeter("/dev/full");
    expect(await conversation(server.port, "write: lost\nhello\n")).toMatch(
      /^Connection.*\r\nCannot save the message: ENOSPC.*\r\nHello! How are you\?\r\n$/,
    );
  });

  it("tells a peer that never ends its line, and closes", async () => {
    await using server = await greeter();
    const socket = dial(server.port);
    socket.write("x".repeat(300_000));
    expect((await socket.toArray()).join("")).toBe(
      `${GREETING}Cannot read the line: it is longer than 16384 bytes\r\n`,
    );
    socket.end();
  });

  it("says goodbye and hears nothing after it", async () => {
    await using server = await greeter();
    expect(await conversation(server.port, "goodbye\nhello\nwrite: late\n")).toBe(GREETING + GOODBYE);
    expect(server.saved()).toBe("");
  });

  it("opens its file once for all ports, and closes it after the last connection", async () => {
    await using server = await greeter();
    const second = await server.reactor.listenTCP(0, server.factory);
    const socket = dial(second);
    const heard = socket.toArray();
    await expect.poll(() => socket.bytesRead).toBe(GREETING.length);
    await Promise.all([server.port.stopListening(), second.stopListening()]);
    socket.end("write: still open\n");
    expect((await heard).join("")).toBe(GREETING + SAVED);
    expect(server.saved()).toBe("still open\n");
  });

  it("answers the same however the bytes are cut, at every position", { timeout: 60_000 }, async () => {
    const said = utf8("hello\r\nwrite: caffè\nwhat?\r\nwrite: tire\r\ngoodbye\r\nhello\r\n");
    const answers = GREETING + HELLO + SAVED + UNKNOWN + SAVED + GOODBYE;
    const clock = new VirtualClock();
    const reactor = new Reactor({ clock, net: new MemoryNetwork({ clock }) });
    const path = join(folder, "every-cut.txt");
    await reactor.listen("tcp:1", new GreeterFactory(path));
    let count = 0;
    for (const pieces of everyCut(said)) {
      const client = await clock.run(reactor.connect("tcp:1", Factory.forProtocol(Recorder)));
      for (const piece of pieces) {
        if (!client.transport.disconnecting) client.transport.write(piece);
        await clock.advance(10);
      }
      while (!client.happenings.includes("lost")) await clock.advance(10);
      expect(client.text()).toBe(answers);
      count += 1;
    }
    expect(readFileSync(path, "utf8")).toBe("caffè\ntire\n".repeat(count));
  });
});

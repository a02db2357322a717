/** The greeter's two programs, each with its other half written in Twisted, as the article has it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Reactor } from "@trofie/reactor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GreeterFactory } from "../../examples/greeter/greeter.ts";
import { portNumber } from "./our-end.ts";
import { TwistedPeer, type PeerConnection } from "./peer.ts";
import { twistedVersion } from "./twisted-process.ts";

const GREETING = ["line", "Connection with the server established!"];
const HELLO = ["line", "Hello! How are you?"];
const SAVED = ["line", "Message saved!"];
const GOODBYE = ["line", "Noooo don't go awayyyyy..."];
const ENDED = ["lost", "ConnectionDone"];

const folder = mkdtempSync(join(tmpdir(), "greeter-twisted-"));
let twisted: TwistedPeer;
let reactor: Reactor;
let files = 0;

const newPath = () => join(folder, `${files++}.txt`);

/** Our server, and a client written in Twisted that it has greeted. */
async function ourGreeter(): Promise<{ client: PeerConnection; saved: () => string }> {
  const path = newPath();
  const port = await reactor.listenTCP(0, new GreeterFactory(path));
  const client = await twisted.connect("LineOnlyReceiver", `tcp:host=127.0.0.1:port=${portNumber(port)}`);
  expect(await client.events.next()).toEqual(GREETING);
  return { client, saved: () => readFileSync(path, "utf8") };
}

/** The client's program, connected to a port, with all that it prints. */
class Client {
  readonly child: ChildProcess;
  out = "";

  constructor(port: number) {
    const program = join(import.meta.dirname, "../../examples/greeter/client.ts");
    this.child = spawn(process.execPath, ["--conditions=trofie-source", program, "127.0.0.1", `${port}`]);
    this.child.stdout!.on("data", (bytes: Buffer) => (this.out += bytes.toString()));
  }

  types(...lines: string[]): void {
    this.child.stdin!.write(lines.map((line) => `${line}\n`).join(""));
  }

  async says(text: string): Promise<void> {
    await expect.poll(() => this.out, { timeout: 20_000 }).toContain(text);
  }

  async leaves(): Promise<void> {
    this.types("exit");
    await once(this.child, "close");
    expect(this.child.exitCode).toBe(0);
  }
}

describe.skipIf(!twistedVersion())("the greeter (skipped where there is no python3-twisted)", () => {
  beforeAll(() => {
    twisted = new TwistedPeer();
    reactor = new Reactor();
  });

  afterAll(async () => {
    await reactor.stop({ deadlineMs: 1000 });
    await twisted[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  describe("our server, with a client written in Twisted,", () => {
    it("answers each of two commands that come in one packet", async () => {
      const { client } = await ourGreeter();
      await client.write("hello\r\nhello\r\n");
      expect(await client.events.take(2)).toEqual([HELLO, HELLO]);
    });

    it("answers a command that comes byte by byte, once", async () => {
      const { client } = await ourGreeter();
      await client.trickle("hello\r\n");
      await client.send("goodbye");
      expect(await client.events.untilLost()).toEqual([HELLO, GOODBYE, ENDED]);
    });

    it("keeps the text as it was written, with a character that came in two packets", async () => {
      const { client, saved } = await ourGreeter();
      await client.trickle("write: tire caff\u{c3}\u{a8}\r\n");
      expect(await client.events.next()).toEqual(SAVED);
      expect(saved()).toBe("tire caffè\n");
    });

    it("says goodbye, ends in good order, and hears nothing after it", async () => {
      const { client, saved } = await ourGreeter();
      await client.write("goodbye\r\nwrite: late\r\n");
      expect(await client.events.untilLost()).toEqual([GOODBYE, ENDED]);
      expect(saved()).toBe("");
    });

    it("tells a client whose line is too long, and closes", async () => {
      const { client } = await ourGreeter();
      await client.write("x".repeat(20_000));
      expect(await client.events.untilLost()).toEqual([
        ["line", "Cannot read the line: it is longer than 16384 bytes"],
        ENDED,
      ]);
    });
  });

  describe("our client, with the article's server,", () => {
    it("prints what the server answers, and the server keeps what was written", async () => {
      const path = newPath();
      const client = new Client((await twisted.greet("tcp:0:interface=127.0.0.1", path)).port);
      client.types("hello", "write: write: tire caffè", "what?", "goodbye");
      await client.says("Connection lost.");
      expect(client.out.split("\n")).toEqual([
        "Connection with the server established!",
        "Hello! How are you?",
        "Message saved!",
        "I understand: hello, goodbye, write: <text>",
        "Noooo don't go awayyyyy...",
        "Connection lost.",
        "",
      ]);
      expect(readFileSync(path, "utf8")).toBe("write: tire caffè\n");
      await client.leaves();
    });

    it("connects again when it is told to", async () => {
      const client = new Client((await twisted.greet("tcp:0:interface=127.0.0.1", newPath())).port);
      await client.says("established!");
      client.types("goodbye");
      await client.says("Connection lost.");
      client.types("reconnect", "hello");
      await client.says("Hello!");
      await client.leaves();
      expect(client.out.match(/established!/g)).toHaveLength(2);
    });

    it("goes on talking when the server no longer listens, and cannot come back", async () => {
      const server = await twisted.greet("tcp:0:interface=127.0.0.1", newPath());
      const client = new Client(server.port);
      await client.says("established!");
      await server.close();
      client.types("hello");
      await client.says("Hello!");
      client.types("reconnect");
      await client.says("Connection failed.");
      await client.leaves();
    });
  });
});

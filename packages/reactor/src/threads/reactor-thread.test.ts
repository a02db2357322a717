import { fork } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { NotConnectedError } from "../errors.ts";
import { Factory } from "../factory.ts";
import { LineOnlyReceiver } from "../line-only-receiver.ts";
import type { Port } from "../port.ts";
import { ReactorThread } from "./reactor-thread.ts";
import { Reactor } from "../reactor.ts";
import { Recorder } from "../testing/index.ts";

const protocol = new URL("../test-programs/thread-protocol.ts", import.meta.url);
const host = "127.0.0.1";

class Echo extends LineOnlyReceiver {
  override lineReceived(line: string) {
    if (line === "quit") void this.transport.loseConnection();
    else this.sendLine(`echo ${line}`);
  }
}

function numberOf({ address }: Port): number {
  return address.kind === "tcp" ? address.port : 0;
}

/** A thread whose events are written down. */
function recorded(port: number) {
  const thread = new ReactorThread({ protocol, host, port });
  const events: string[] = [];
  thread.on("connected", (generation) => events.push(`connected ${generation}`));
  thread.on("line", (line) => events.push(line));
  thread.on("lost", (reason) => events.push(`lost ${reason.kind}`));
  thread.on("failed", () => events.push("failed"));
  return { thread, events, [Symbol.asyncDispose]: () => thread.stop() };
}

describe("a reactor's thread", () => {
  it("connects, sends and hands over what comes", async () => {
    await using reactor = new Reactor();
    await using set = recorded(numberOf(await reactor.listenTCP(0, Factory.forProtocol(Echo))));
    const { thread, events } = set;
    await thread.start();
    await once(thread, "connected");
    await thread.send("one");
    await thread.send("two");
    await expect.poll(() => events).toEqual(["connected 1", "echo one", "echo two"]);
  });

  it("answers its peer while this thread is blocked for a second", async () => {
    const peer = fork(new URL("../test-programs/pinging-peer.ts", import.meta.url), {
      execArgv: ["--conditions=trofie-source"],
    });
    const [address] = await once(peer, "message");
    await using set = recorded(address.port);
    const { thread, events } = set;
    await thread.start();
    await once(thread, "connected");
    await thread.send("how many?");
    await expect.poll(() => events.length).toBe(2);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
    await thread.send("how many?");
    await expect.poll(() => events.length).toBe(3);
    const [before, after] = events.slice(1).map(Number);
    expect(after! - before!).toBeGreaterThan(100);
    peer.kill();
  });

  it("rejects a line that no connection can take, and drops none in silence", async () => {
    await using reactor = new Reactor();
    const port = await reactor.listenTCP(0, Factory.forProtocol(Echo));
    const { thread, events } = recorded(numberOf(port));
    await expect(thread.send("too early")).rejects.toMatchObject({ code: "NOT_CONNECTED" });
    await thread.start();
    await once(thread, "connected");
    await thread.send("quit");
    await once(thread, "lost");
    await expect(thread.send("too late")).rejects.toThrow("Cannot send: there is no connection");
    await port.stopListening();
    thread.reconnect();
    await once(thread, "failed");
    expect(events).toEqual(["connected 1", "lost done", "failed"]);
    await thread.stop();
    await expect(thread.send("far too late")).rejects.toMatchObject({ code: "NOT_CONNECTED" });
  });

  it("tells nothing of an old connection once a new one was asked for", async () => {
    await using reactor = new Reactor();
    await using set = recorded(numberOf(await reactor.listenTCP(0, Factory.forProtocol(Echo))));
    const { thread, events } = set;
    await thread.start();
    await once(thread, "connected");
    const late = thread.send("late");
    thread.reconnect();
    await late;
    await once(thread, "connected");
    await thread.send("new");
    await expect.poll(() => events).toEqual(["connected 1", "connected 2", "echo new"]);
  });

  it("starts again after it was stopped", async () => {
    await using reactor = new Reactor();
    const { thread, events } = recorded(numberOf(await reactor.listenTCP(0, Factory.forProtocol(Echo))));
    for (let round = 0; round < 2; round++) {
      await thread.start();
      await once(thread, "connected");
      await thread.stop();
    }
    expect(events).toEqual(["connected 1", "lost shutdown", "connected 2", "lost shutdown"]);
  });

  it("flushes what was sent before it stops", async () => {
    await using reactor = new Reactor();
    const recorder = new Recorder();
    const factory = new Factory<Recorder>();
    factory.buildProtocol = () => recorder;
    const { thread } = recorded(numberOf(await reactor.listenTCP(0, factory)));
    await thread.start();
    await once(thread, "connected");
    const sent = Array.from({ length: 1000 }, (_, index) => thread.send(`line ${index}`));
    await thread.stop();
    await Promise.all(sent);
    expect(await recorder.lost.promise).toEqual({ kind: "done", by: "peer" });
    expect(recorder.text().split("\r\n")).toHaveLength(1001);
  });

  it("refuses a line that is no text, and sends those beside it", async () => {
    await using reactor = new Reactor();
    const { thread } = recorded(numberOf(await reactor.listenTCP(0, Factory.forProtocol(Echo))));
    await thread.start();
    await once(thread, "connected");
    const first = thread.send("first");
    await expect(thread.send(Symbol("no text") as unknown as string)).rejects.toThrow(
      "Cannot send the line: it is no text",
    );
    await Promise.all([first, thread.send("last")]);
    await thread.stop();
  });

  it("rejects with the errors that both threads know", async () => {
    await using reactor = new Reactor();
    const { address } = await reactor.listenTCP(0, Factory.forProtocol(Recorder));
    await using thread = new ReactorThread<LineOnlyReceiver>({ protocol, host, port: address.port });
    await thread.start();
    await once(thread, "connected");
    await expect(thread.send("two\r\nlines")).rejects.toEqual(
      new TypeError("Cannot send the line: it contains the end of a line"),
    );
    await reactor.stop();
    await once(thread, "lost");
    for (const unsent of [thread.send("late"), thread.calls.sendLine("late")])
      await expect(unsent).rejects.toBeInstanceOf(NotConnectedError);
  });

  it("says why it cannot start, when its protocol cannot be loaded", async () => {
    const thread = new ReactorThread({
      protocol: new URL("./no-such-module.ts", import.meta.url),
      host,
      port: 1,
    });
    thread.on("failed", () => {});
    await expect(thread.start()).rejects.toThrow("no-such-module");
    await thread.stop();
  });
});

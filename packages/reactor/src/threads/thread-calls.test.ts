import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { Factory } from "../factory.ts";
import { LineOnlyReceiver } from "../line-only-receiver.ts";
import type { Port } from "../port.ts";
import { Reactor } from "../reactor.ts";
import type Answering from "../test-programs/thread-protocol.ts";
import { ReactorThread } from "./reactor-thread.ts";

const protocol = new URL("../test-programs/thread-protocol.ts", import.meta.url);

class Telling extends LineOnlyReceiver {
  override connectionMade() {
    for (const line of ["tell one", "tell two"]) this.sendLine(line);
  }
}

const portOf = ({ address }: Port) => (address.kind === "tcp" ? address.port : 0);

async function connected(reactor: Reactor) {
  const port = await reactor.listenTCP(0, Factory.forProtocol(Telling));
  const thread = new ReactorThread<Answering>({ protocol, host: "127.0.0.1", port: portOf(port) });
  const told: unknown[] = [];
  thread.on("told", (value) => told.push(value));
  await thread.start();
  await once(thread, "connected");
  return { thread, told, [Symbol.asyncDispose]: () => thread.stop() };
}

describe("calls to a reactor's thread", () => {
  it("give back results and errors by their promises", async () => {
    await using reactor = new Reactor();
    await using set = await connected(reactor);
    const { calls } = set.thread;
    expect(await calls.add(1, 2)).toBe(3);
    expect(await calls.later("in a moment")).toBe("in a moment");
    expect(await set.thread.callFromThread("add", 3, 4)).toBe(7);
    await expect(calls.fail()).rejects.toMatchObject({
      name: "OutOfPaper",
      message: "no paper left",
      code: "OUT_OF_PAPER",
    });
  });

  it("reject what cannot be copied, and what does not exist, and go on", async () => {
    await using reactor = new Reactor();
    await using set = await connected(reactor);
    const { calls } = set.thread;
    await expect(calls.aFunction()).rejects.toThrow("could not be cloned");
    const strange = calls as unknown as { explode(): Promise<void> };
    await expect(strange.explode()).rejects.toThrow("Cannot call explode: the protocol has no such method");
    expect(await calls.add(1, 1)).toBe(2);
  });

  it("reject an argument that cannot be copied, and spoil nothing else of their turn", async () => {
    await using reactor = new Reactor();
    await using set = await connected(reactor);
    const { calls } = set.thread;
    const strange = calls as unknown as { later(value: unknown): Promise<string> };
    const [before, bad, after] = [calls.add(1, 1), strange.later(() => {}), calls.add(2, 2)];
    await expect(bad).rejects.toThrow("could not be cloned");
    expect([await before, await after]).toEqual([2, 4]);
  });

  it("start and stop in the order in which they were asked for", async () => {
    await using reactor = new Reactor();
    const port = await reactor.listenTCP(0, Factory.forProtocol(Telling));
    const thread = new ReactorThread<Answering>({ protocol, host: "127.0.0.1", port: portOf(port) });
    const first = thread.start().catch(() => {});
    await thread.stop();
    await first;
    await expect(thread.calls.add(1, 2)).rejects.toMatchObject({ code: "NOT_CONNECTED" });
    await thread.start();
    const stopped = thread.stop();
    await thread.start();
    await once(thread, "connected");
    await stopped;
    expect(await thread.calls.add(1, 2)).toBe(3);
    await thread.stop();
  });

  it("are rejected when there is no connection, or the thread ends before it answers", async () => {
    await using reactor = new Reactor();
    const { thread } = await connected(reactor);
    const never = expect(thread.calls.never()).rejects.toMatchObject({ code: "NOT_CONNECTED" });
    await thread.stop();
    await never;
    await expect(thread.calls.add(1, 2)).rejects.toMatchObject({ code: "NOT_CONNECTED" });
  });

  it("come back as events, too, when the protocol has something to tell", async () => {
    await using reactor = new Reactor();
    await using set = await connected(reactor);
    await expect.poll(() => set.told).toEqual([{ about: "one" }, { about: "two" }]);
  });

  it("may block another thread, for so long and no longer", async () => {
    await using reactor = new Reactor();
    const port = await reactor.listenTCP(0, Factory.forProtocol(Telling));
    const caller = new Worker(new URL("../test-programs/blocking-caller.ts", import.meta.url), {
      workerData: { protocol: protocol.href, port: portOf(port) },
    });
    const [answers] = await once(caller, "message");
    expect(answers).toEqual([
      3,
      "in a moment",
      "OutOfPaper: no paper left",
      "DataCloneError: () => {} could not be cloned.",
      "BlockingCallTimeoutError: Cannot call never: no answer within 50 ms",
      "NotConnectedError: Cannot send: the reactor's thread does not run",
    ]);
  });

  it("do not block the main thread unless they are told that they may", async () => {
    await using reactor = new Reactor();
    await using set = await connected(reactor);
    const { thread } = set;
    // The tests run in the main thread of a process of their own.
    expect(() => thread.blockingCallFromThread({ timeoutMs: 1000 }, "add", 1, 2)).toThrow(
      "it would block the main thread",
    );
    expect(thread.blockingCallFromThread({ timeoutMs: 5000, onMainThread: true }, "add", 1, 2)).toBe(3);
  });
});

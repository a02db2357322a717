import { VirtualClock } from "@trofie/reactor/testing";
import { beforeEach, describe, expect, test } from "vitest";
import type { Channel, Receiver } from "./channel.ts";
import { ClientSession } from "./client-session.ts";
import type { Welcome } from "./from-station.ts";
import type { NotificationMessage } from "./json-rpc.ts";

/** The station's end of a channel, in a test's hand. */
class HandChannel implements Channel {
  readonly sent: Record<string, unknown>[] = [];
  readonly closed: Promise<string>;
  readonly bufferedBytes = 0;
  isAborted = false;
  readonly #receiver: Receiver;
  readonly #end: (reason: string) => void;

  constructor(receiver: Receiver) {
    this.#receiver = receiver;
    const closed = Promise.withResolvers<string>();
    this.closed = closed.promise;
    this.#end = closed.resolve;
    receiver.channelOpened(this);
  }

  say(message: object): void {
    if (!this.isAborted) void this.#receiver.messageReceived(JSON.stringify({ jsonrpc: "2.0", ...message }));
  }

  send(message: string): void {
    this.sent.push(JSON.parse(message) as Record<string, unknown>);
  }

  close(): void {
    this.abort();
  }

  abort(): void {
    if (this.isAborted) return;
    this.isAborted = true;
    this.#receiver.channelLost("aborted");
    this.#end("aborted");
  }
}

const greeting = { method: "station.greet", params: {} };
const welcome = { station: "s", role: "admin", epoch: "e1", seq: 0 };

let channel: HandChannel;
let welcomes: Welcome[];
let told: string[];
let opening: Promise<unknown>;

beforeEach(async () => {
  welcomes = [];
  told = [];
  const listener = {
    sessionOpened: (_: ClientSession, said: Welcome) => welcomes.push(said),
    notified: ({ method }: NotificationMessage) => told.push(method),
  };
  const offer = { client: "c", agent: "a", auth: {}, resume: null, want: { events: true, progress: true } };
  const session = new ClientSession(new VirtualClock(), listener, offer);
  const connect = async (receiver: Receiver): Promise<Channel> => (channel = new HandChannel(receiver));
  opening = session.open(connect, new AbortController().signal);
  opening.catch(() => {});
  await Promise.resolve();
});

describe("a client's session", () => {
  test("opens when it is greeted and welcomed", async () => {
    channel.say(greeting);
    channel.say({ id: 1, result: welcome });
    channel.say({ method: "event", params: {} });
    await opening;
    expect(welcomes).toEqual([welcome]);
    expect(told).toEqual(["event"]);
  });

  test.each([
    { ...welcome, epoch: 7 },
    { ...welcome, seq: "0" },
    { ...welcome, seq: -1 },
    { ...welcome, role: null },
    { epoch: "e1", seq: 0, role: "admin" },
    {},
  ])("does not open with a station that welcomes it with %j", async (result) => {
    channel.say(greeting);
    channel.say({ id: 1, result });
    await expect(opening).rejects.toThrow("aborted");
    expect(welcomes).toEqual([]);
  });

  test("keeps no connection to a station that does not let it in", async () => {
    channel.say(greeting);
    const data = { code: "DENIED", final: true, recorded: false };
    channel.say({ id: 1, error: { code: -32003, message: "no", data } });
    await expect(opening).rejects.toThrow("no");
    expect(channel.isAborted).toBe(true);
  });

  test.each(["item of a snapshot", "event"])(
    "does not listen to an %s before it is welcomed: whoever says it has proved nothing yet",
    (said) => {
      channel.say(greeting);
      channel.say({ method: said === "event" ? said : "snapshot.item", params: {} });
      expect(told).toEqual([]);
      expect(channel.isAborted).toBe(false);
    },
  );

  test("ends a connection on which it is greeted twice, and opens once", () => {
    channel.say(greeting);
    channel.say(greeting);
    expect(channel.sent.filter(({ method }) => method === "session.open")).toHaveLength(1);
    expect(channel.isAborted).toBe(true);
  });

  test("ends a connection whose goodbye gives no reason", () => {
    channel.say({ method: "goodbye", params: { reason: { toString: 1 } } });
    expect(channel.isAborted).toBe(true);
  });
});

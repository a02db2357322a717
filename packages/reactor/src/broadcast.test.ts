import { describe, expect, it } from "vitest";
import { broadcast } from "./broadcast.ts";
import { Factory } from "./factory.ts";
import { LineOnlyReceiver } from "./line-only-receiver.ts";
import { MemoryReactor, seededRandom, StringTransport } from "./testing/index.ts";
import { between } from "./testing/seeded-random.ts";

class Listener extends LineOnlyReceiver {
  override readonly delimiter = "\n";
  readonly heard: string[] = [];

  override lineReceived(line: string) {
    this.heard.push(line);
  }
}

class Speaker extends LineOnlyReceiver<Room> {
  override readonly delimiter = "\n";

  override connectionMade() {
    this.factory.speakers.add(this);
  }
}

class Room extends Factory<Speaker> {
  override readonly protocol = Speaker;
  readonly speakers = new Set<Speaker>();
}

describe("a broadcast", () => {
  const four = () => Array.from({ length: 4 }, () => ({ transport: new StringTransport() }));

  it.each(["short", "long ☕ ".repeat(100)])(
    "reaches all who stay, and passes over who is leaving",
    (text) => {
      const clients = four();
      void clients[1]!.transport.loseConnection();
      clients[2]!.transport.abortConnection();
      expect(broadcast(clients, text)).toBe(2);
      expect(clients.map(({ transport }) => transport.text())).toEqual([text, "", "", text]);
    },
  );

  it("passes over whoever said it", () => {
    const clients = four();
    expect(broadcast(clients, "hello", clients[3])).toBe(3);
    expect(clients.map(({ transport }) => transport.text())).toEqual(["hello", "hello", "hello", ""]);
  });

  it("reaches each connection in order with all else that is written to it in that turn", async () => {
    const reactor = new MemoryReactor({ seed: 7 });
    const room = new Room();
    await reactor.clock.run(reactor.listenTCP(1, room));
    const listeners: Listener[] = [];
    for (let i = 0; i < 5; i += 1) {
      const connected = reactor.connectTCP("127.0.0.1", 1, Factory.forProtocol(Listener));
      listeners.push(await reactor.clock.run(connected));
    }
    await reactor.clock.advance(1_000);
    const speakers = [...room.speakers];
    const expected = speakers.map(() => [] as string[]);
    const random = seededRandom(7);
    const say = (text: string, to: readonly number[], write: () => void): void => {
      for (const i of to) expected[i]!.push(text);
      write();
    };
    for (let n = 0; n < 300; n += 1) {
      const one = between(random, 0, speakers.length - 1);
      const all = speakers.map((_, i) => i);
      if (between(random, 0, 2) === 0)
        say(`to ${one}: ${n}`, [one], () => speakers[one]!.sendLine(`to ${one}: ${n}`));
      else if (between(random, 0, 1) === 0)
        say(`to all: ${n}`, all, () => broadcast(speakers, `to all: ${n}\n`));
      else {
        const others = all.filter((i) => i !== one);
        say(`not to ${one}: ${n}`, others, () => broadcast(speakers, `not to ${one}: ${n}\n`, speakers[one]));
      }
      if (n % 20 === 0) await reactor.clock.advance(50);
    }
    await reactor.clock.advance(1_000);
    expect(listeners.map(({ heard }) => heard)).toEqual(expected);
    await reactor.clock.run(reactor.stop());
  });
});

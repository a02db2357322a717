import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { type Port, Reactor, type TransportLimits } from "@trofie/reactor";
import { everyCut, utf8 } from "@trofie/reactor/testing";
import { describe, expect, it } from "vitest";
import { ChatFactory } from "./chat.ts";

/** A guest on a plain socket of Node's, with all lines that came. */
class Guest {
  readonly socket: Socket;
  readonly lines: string[] = [];
  #rest = "";
  #somethingNew = Promise.withResolvers<void>();

  constructor({ address }: Port) {
    this.socket = connect(address.kind === "tcp" ? address.port : 0).setNoDelay();
    this.socket.setEncoding("utf8").on("data", (text: string) => this.#heard(text));
    this.socket.on("error", () => {}).on("close", () => this.#somethingNew.resolve());
  }

  says(...lines: string[]): void {
    this.socket.write(lines.map((line) => `${line}\n`).join(""));
  }

  /** Resolves when the line has come, now or later. */
  async hears(line: string): Promise<void> {
    while (!this.lines.includes(line)) {
      if (this.socket.closed) throw new Error(`It has left, and heard ${JSON.stringify(this.lines)}`);
      await this.#somethingNew.promise;
    }
  }

  #heard(text: string): void {
    const lines = (this.#rest + text).split("\r\n");
    this.#rest = lines.pop()!;
    this.lines.push(...lines);
    this.#somethingNew.resolve();
    this.#somethingNew = Promise.withResolvers();
  }
}

async function openChat(limits: Partial<TransportLimits> = {}) {
  const reactor = new Reactor({ limits });
  const factory = new ChatFactory();
  const port = await reactor.listenTCP(0, factory);
  return {
    port,
    factory,
    /** A guest with a name, in these rooms. */
    async guest(name: string, ...rooms: string[]): Promise<Guest> {
      const guest = new Guest(port);
      guest.says(`nick ${name}`, ...rooms.map((room) => `join ${room}`));
      await guest.hears(`You are ${name}`);
      for (const room of rooms) await guest.hears(`[${room}] ${name} joined`);
      return guest;
    },
    [Symbol.asyncDispose]: () => reactor[Symbol.asyncDispose](),
  };
}

describe("the chat", () => {
  it("lets all in a room hear what is said there, in one order, and nobody else", async () => {
    await using chat = await openChat();
    const anna = await chat.guest("anna", "kitchen", "garden");
    const bert = await chat.guest("bert", "kitchen");
    const carla = await chat.guest("carla", "garden");
    for (let count = 0; count < 100; count++) {
      anna.says(`say kitchen a${count}`);
      bert.says(`say kitchen b${count}`);
    }
    anna.says("say garden only here");
    await carla.hears("[garden] anna: only here");
    await Promise.all(
      [anna, bert].flatMap((guest) => [
        guest.hears("[kitchen] anna: a99"),
        guest.hears("[kitchen] bert: b99"),
      ]),
    );
    const said = ({ lines }: Guest) => lines.filter((line) => /^\[kitchen\] \w+: /.test(line));
    expect(said(bert)).toHaveLength(200);
    expect(said(anna)).toEqual(said(bert));
    expect(said(carla)).toEqual([]);
  });

  it("tells who is in a room, which rooms there are, and who comes and goes", async () => {
    await using chat = await openChat();
    const anna = await chat.guest("anna", "kitchen");
    const bert = await chat.guest("bert", "kitchen");
    await anna.hears("[kitchen] bert joined");
    anna.says("who kitchen", "rooms", "who garden");
    await anna.hears("In kitchen: anna, bert");
    await anna.hears("Rooms: kitchen (2)");
    await anna.hears("In garden: nobody");
    bert.says("leave kitchen");
    await anna.hears("[kitchen] bert left");
    bert.says("say kitchen still here?");
    await bert.hears('Cannot find you in "kitchen": join it first');
    anna.says("leave kitchen", "rooms");
    await anna.hears("Rooms: none, join one");
  });

  it("gives a name to one guest only, and again when that guest has left", async () => {
    await using chat = await openChat();
    const anna = await chat.guest("anna", "kitchen");
    const bert = await chat.guest("bert", "kitchen");
    bert.says("nick Anna");
    await bert.hears("Cannot take the name Anna: somebody has it");
    anna.says("nick ANNA", "quit");
    await bert.hears("[kitchen] anna is now ANNA");
    await bert.hears("[kitchen] ANNA left");
    await anna.hears("Goodbye!");
    bert.says("nick Anna");
    await bert.hears("You are Anna");
  });

  it("tells the others that a guest was cut off", async () => {
    await using chat = await openChat();
    const anna = await chat.guest("anna", "kitchen");
    const bert = await chat.guest("bert", "kitchen");
    bert.socket.resetAndDestroy();
    await anna.hears("[kitchen] bert left");
    anna.says("say kitchen alone");
    await anna.hears("[kitchen] anna: alone");
  });

  it.each([
    ["dance", 'Cannot understand "dance": type help'],
    ["", 'Cannot understand "": type help'],
    ["constructor", 'Cannot understand "constructor": type help'],
    ["nick", 'Cannot take "" as a name: it must be 1 to 20 letters, digits, - and _'],
    ["nick a b", 'Cannot take "a b" as a name: it must be 1 to 20 letters, digits, - and _'],
    ["say kitchen", "Cannot say nothing: say <room> <text>"],
    ["say kitchen a\x1b[2Jb", "Cannot say that: it has control characters"],
    ["say garden hello", 'Cannot find you in "garden": join it first'],
    ["leave garden", 'Cannot find you in "garden": join it first'],
    ["join kitchen", "Cannot join kitchen: you are there already"],
    ["x".repeat(1_001), "Cannot read the line: it is longer than 1000 bytes"],
  ])("answers %j politely, and goes on", async (line, answer) => {
    await using chat = await openChat();
    const anna = await chat.guest("anna", "kitchen");
    anna.says(line, "say kitchen hello");
    await anna.hears(answer);
    await anna.hears("[kitchen] anna: hello");
  });

  it("answers politely to bytes that are no UTF-8", async () => {
    await using chat = await openChat();
    const anna = await chat.guest("anna", "kitchen");
    anna.socket.write(Buffer.from("say kitchen caff\xe8\n", "latin1"));
    await anna.hears("Cannot read the line: it is not UTF-8");
  });

  it("hears a line the same however its bytes are cut, at every position", async () => {
    await using chat = await openChat();
    const bert = await chat.guest("bert", "kitchen");
    const anna = await chat.guest("anna", "kitchen");
    let count = 0;
    for (const pieces of everyCut(utf8("say kitchen caffè ☕\r\nwho kitchen\n"))) {
      bert.lines.length = anna.lines.length = 0;
      for (const piece of pieces) {
        anna.socket.write(piece);
        await new Promise((sent) => setImmediate(sent)); // A packet of its own.
      }
      await anna.hears("In kitchen: bert, anna");
      await bert.hears("[kitchen] anna: caffè ☕");
      expect(anna.lines).toEqual(["[kitchen] anna: caffè ☕", "In kitchen: bert, anna"]);
      count += 1;
    }
    expect(count).toBeGreaterThan(30);
  });

  it("cuts a guest who never reads, and all others hear everything", async () => {
    await using chat = await openChat({ maxBufferedBytes: 256 * 1024 });
    const slow = await chat.guest("slow", "kitchen");
    slow.socket.pause();
    const anna = await chat.guest("anna", "kitchen");
    const bert = await chat.guest("bert", "kitchen");
    const text = "x".repeat(900);
    let said = 0;
    while (!bert.lines.includes("[kitchen] slow left")) {
      anna.says(...Array.from({ length: 100 }, () => `say kitchen ${text}${said++}`));
      await bert.hears(`[kitchen] anna: ${text}${said - 1}`);
      expect(said).toBeLessThan(100_000);
    }
    const heard = bert.lines.filter((line) => line.startsWith("[kitchen] anna: "));
    expect(heard).toEqual(Array.from({ length: said }, (_, count) => `[kitchen] anna: ${text}${count}`));
    expect(chat.factory.rooms.find("kitchen")?.guests).toEqual(["anna", "bert"]);
  });

  it("says goodbye, and closes", async () => {
    await using chat = await openChat();
    const anna = await chat.guest("anna", "kitchen");
    anna.says("quit", "say kitchen too late");
    await once(anna.socket, "end");
    expect(anna.lines.at(-1)).toBe("Goodbye!");
  });
});

/** Listens on a client's connection: what it sends and what it hears, before the client itself does anything with it. */
import type { Connect, Receiver } from "@trofie/commands";
import { PassThrough } from "../pass-through.ts";
import type { Answer, God } from "./god.ts";
import type { Sometimes } from "./sometimes.ts";

const eventStart = `{"jsonrpc":"2.0","method":"event","params":{"seq":`;
const notificationStart = `{"jsonrpc":"2.0","method":"`;

/** Requests of our own on somebody's connection have ids from here on. */
const ownIds = 1_000_000;

export interface Tapped {
  readonly principal: string;
  readonly god: God;
  readonly sometimes: Sometimes;
}

/** One connection. */
export class Tap extends PassThrough {
  isOpen = false;
  readonly #of: Tapped;
  /** Commands by the id of the request. */
  readonly #asked = new Map<number, string>();
  readonly #reused = new Map<number, string>();
  #ownId = ownIds;
  #openId: number | null = null;
  /** The number of the next event; null before it is known. */
  #next: number | null = null;
  /** Where it goes on, as it has asked for. */
  #since: number | null = null;
  #isInSnapshot = false;

  constructor(of: Tapped, receiver: Receiver) {
    super(receiver);
    this.#of = of;
  }

  // As a channel.

  override send(message: string): void {
    if (message.includes(`"cmd":"`)) this.#commandGoes(message);
    else if (message.includes(`"method":"session.open"`)) this.#opens(message);
    this.channel.send(message);
  }

  // As a receiver.

  override messageReceived(message: string): void | Promise<void> {
    if (message.startsWith(eventStart)) this.#eventComes(message);
    else if (message.startsWith(notificationStart)) this.#notificationComes(message);
    else if (this.#answerComes(message)) return;
    return super.messageReceived(message);
  }

  override undecodableReceived(): void {
    this.#of.god.broken("I3", "a client was sent what is not UTF-8");
    super.undecodableReceived();
  }

  override tooLongReceived(): void {
    this.#of.god.broken("I3", "a client was sent a message that is too long");
    super.tooLongReceived();
  }

  override channelLost(reason: string): void {
    this.isOpen = false;
    super.channelLost(reason);
  }

  // What a network or a bad client could do.

  /** A copy of a command comes late. */
  sendAgain(method: string, params: object): void {
    const id = this.#ownId++;
    this.#asked.set(id, (params as { cmd: string }).cmd);
    this.#of.sometimes.saw("late copy of a command");
    this.channel.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
  }

  /** The id of a command that was decided, with other content. */
  reuse(method: string, params: object): void {
    const id = this.#ownId++;
    this.#reused.set(id, (params as { cmd: string }).cmd);
    this.#of.sometimes.saw("command id reused");
    this.channel.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
  }

  #opens(message: string): void {
    const { id, params } = JSON.parse(message) as {
      id: number;
      params: { resume: { since: number } | null };
    };
    this.#openId = id;
    this.#since = params.resume?.since ?? null;
  }

  #commandGoes(message: string): void {
    const { id, method, params } = JSON.parse(message) as {
      id: number;
      method: string;
      params: Record<string, unknown>;
    };
    this.#asked.set(id, params["cmd"] as string);
    this.#of.god.commandSent(this.#of.principal, method, params);
  }

  /** I3: each event once, in order, as it stands in the journal. */
  #eventComes(message: string): void {
    const { god } = this.#of;
    const seq = Number.parseInt(message.slice(eventStart.length, eventStart.length + 16), 10);
    this.#next ??= (this.#since ?? seq - 1) + 1;
    if (this.#isInSnapshot) god.broken("I3", `event ${seq} came inside a snapshot`);
    if (seq !== this.#next) god.broken("I3", `event ${seq} came where ${this.#next} was due`);
    this.#next = seq + 1;
    const line = god.lineOf(seq);
    if (line === undefined) god.broken("I10", `event ${seq} was sent, and is not durable`);
    else if (line !== message)
      god.broken("I3", `event ${seq} is in the journal ${line}, and came as ${message}`);
  }

  #notificationComes(message: string): void {
    const method = message.slice(notificationStart.length, message.indexOf(`"`, notificationStart.length));
    if (method === "snapshot.begin") this.#isInSnapshot = true;
    if (method !== "snapshot.end") return;
    const { params } = JSON.parse(message) as { params: { seq: number } };
    this.#isInSnapshot = false;
    this.#next = params.seq + 1;
    this.#of.sometimes.saw("client got a snapshot");
  }

  /** True when it answers us and not the client. */
  #answerComes(message: string): boolean {
    const id = idOf(message);
    if (id === null) return false;
    if (id === this.#openId) this.#opened(message);
    const reused = this.#reused.get(id);
    if (reused !== undefined) this.#reuseAnswered(reused, message);
    const cmd = this.#asked.get(id);
    if (cmd !== undefined) this.#of.god.commandAnswered(cmd, JSON.parse(message) as Answer);
    return id >= ownIds;
  }

  #opened(message: string): void {
    this.isOpen = message.includes(`"result":`);
    if (this.isOpen && this.#since !== null) this.#of.sometimes.saw("client resumed where it was");
  }

  /** I8: the id of a command with other content is refused. */
  #reuseAnswered(cmd: string, message: string): void {
    const { error } = JSON.parse(message) as Answer;
    if (error?.data["code"] === "COMMAND_ID_REUSED" || error?.data["final"] === false) return;
    this.#of.god.broken("I8", `${cmd} with other content was answered ${message}`);
  }
}

function idOf(message: string): number | null {
  const match = /^\{"jsonrpc":"2\.0","id":(\d+),/.exec(message);
  return match === null ? null : Number(match[1]);
}

/** Connects through a tap, which `onTap` is given. */
export function tapped(connect: Connect, of: Tapped, onTap: (tap: Tap) => void): Connect {
  return async (receiver, signal) => {
    const tap = new Tap(of, receiver);
    onTap(tap);
    await connect(tap, signal);
    return tap;
  };
}

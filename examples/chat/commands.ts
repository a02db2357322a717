import type { Chat } from "./chat.ts";
import { Refusal } from "./refusal.ts";
import type { Room } from "./rooms.ts";

export interface Command {
  readonly usage: string;
  readonly run: (guest: Chat, words: string) => void;
}

const NAME = /^[\p{L}\p{N}_-]{1,20}$/u;
const MOST_ROOMS = 20;

/** What a guest can type, by the first word; `help` prints the same table. */
export const commands: ReadonlyMap<string, Command> = new Map<string, Command>([
  ["nick", { usage: "nick <name>", run: nick }],
  ["join", { usage: "join <room>", run: join }],
  ["leave", { usage: "leave <room>", run: leave }],
  ["say", { usage: "say <room> <text>", run: say }],
  ["who", { usage: "who <room>", run: who }],
  ["rooms", { usage: "rooms", run: rooms }],
  ["help", { usage: "help", run: help }],
  ["quit", { usage: "quit", run: quit }],
]);

function nick(guest: Chat, name: string): void {
  checkName(name);
  guest.rename(name);
  guest.sendLine(`You are ${name}`);
}

function join(guest: Chat, name: string): void {
  checkName(name);
  const mine = guest.rooms.of(guest);
  if (mine.some((room) => room.name === name))
    throw new Refusal(`Cannot join ${name}: you are there already`);
  if (mine.length >= MOST_ROOMS) throw new Refusal(`Cannot join ${name}: you are in ${MOST_ROOMS} rooms`);
  guest.rooms.enter(name, guest);
}

function leave(guest: Chat, name: string): void {
  guest.rooms.leave(roomWith(guest, name), guest);
}

function say(guest: Chat, words: string): void {
  const [, name = "", text = ""] = /^(\S+) +(.+)$/.exec(words) ?? [];
  if (!text) throw new Refusal("Cannot say nothing: say <room> <text>");
  if (/\p{Cc}/u.test(text)) throw new Refusal("Cannot say that: it has control characters");
  roomWith(guest, name).tellAll(`${guest.name}: ${text}`);
}

function who(guest: Chat, name: string): void {
  checkName(name);
  const names = guest.rooms.find(name)?.guests ?? [];
  guest.sendLine(`In ${name}: ${names.join(", ") || "nobody"}`);
}

function rooms(guest: Chat): void {
  const list = guest.rooms.all.map(({ name, guests }) => `${name} (${guests.length})`);
  guest.sendLine(`Rooms: ${list.join(", ") || "none, join one"}`);
}

function help(guest: Chat): void {
  guest.sendLine(`I understand: ${Array.from(commands.values(), ({ usage }) => usage).join(", ")}`);
}

function quit(guest: Chat): void {
  guest.leave();
  guest.sendLine("Goodbye!");
  void guest.transport.loseConnection();
}

function checkName(name: string): void {
  if (NAME.test(name)) return;
  throw new Refusal(
    `Cannot take ${JSON.stringify(name)} as a name: it must be 1 to 20 letters, digits, - and _`,
  );
}

function roomWith(guest: Chat, name: string): Room {
  const room = guest.rooms.find(name);
  if (room?.has(guest)) return room;
  throw new Refusal(`Cannot find you in ${JSON.stringify(name)}: join it first`);
}

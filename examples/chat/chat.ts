import { Factory, LineOnlyReceiver } from "@trofie/reactor";
import { commands } from "./commands.ts";
import { Names } from "./names.ts";
import { Refusal } from "./refusal.ts";
import { type Guest, Rooms } from "./rooms.ts";

/** One guest's connection: reads commands, one per line, and hears what is said in the rooms. */
export class Chat extends LineOnlyReceiver<ChatFactory> implements Guest {
  override readonly acceptsLoneLF = true;
  override readonly maxLengthBytes = 1_000;
  name = "";

  get rooms(): Rooms {
    return this.factory.rooms;
  }

  override connectionMade() {
    this.name = this.factory.names.takeAny();
    this.sendLine(`Welcome, ${this.name}! Type help to see what I understand`);
  }

  override lineReceived(line: string) {
    const [, word = "", words = ""] = /^(\S*) *(.*)$/.exec(line.trim()) ?? [];
    try {
      const command = commands.get(word);
      if (!command) throw new Refusal(`Cannot understand ${JSON.stringify(word)}: type help`);
      command.run(this, words);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.sendLine(error.message);
    }
  }

  override undecodableLineReceived() {
    this.sendLine("Cannot read the line: it is not UTF-8");
  }

  override lineLengthExceeded() {
    this.sendLine(`Cannot read the line: it is longer than ${this.maxLengthBytes} bytes`);
  }

  override connectionLost() {
    this.leave();
  }

  /** What is said in a room. One who is leaving, or was cut for not reading, misses it; nobody else does. */
  tell(line: string): void {
    if (!this.transport.disconnecting) this.sendLine(line);
  }

  rename(name: string): void {
    const isFree = this.factory.names.exchange(this.name, name);
    if (!isFree) throw new Refusal(`Cannot take the name ${name}: somebody has it`);
    for (const room of this.rooms.of(this)) room.tellAll(`${this.name} is now ${name}`);
    this.name = name;
  }

  /** Leaves all rooms, and gives up the name. */
  leave(): void {
    for (const room of this.rooms.of(this)) this.rooms.leave(room, this);
    this.factory.names.release(this.name);
    this.name = "";
  }
}

/** What all connections share: the rooms, and who has which name. */
export class ChatFactory extends Factory<Chat> {
  override readonly protocol = Chat;
  readonly rooms = new Rooms();
  readonly names = new Names();
}

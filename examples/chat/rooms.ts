import { EventEmitter } from "node:events";

/** Somebody who can be in rooms. */
export interface Guest {
  readonly name: string;
  tell(line: string): void;
}

/** A room: who is in it, and what is said is heard by all of them. */
export class Room {
  readonly name: string;
  readonly #guests = new Set<Guest>();

  constructor(name: string) {
    this.name = name;
  }

  get guests(): readonly string[] {
    return Array.from(this.#guests, ({ name }) => name);
  }

  has(guest: Guest): boolean {
    return this.#guests.has(guest);
  }

  enter(guest: Guest): void {
    this.#guests.add(guest);
    this.tellAll(`${guest.name} joined`);
  }

  leave(guest: Guest): void {
    this.tellAll(`${guest.name} left`);
    this.#guests.delete(guest);
  }

  tellAll(line: string): void {
    for (const guest of this.#guests) guest.tell(`[${this.name}] ${line}`);
  }
}

/** All rooms; one is there as long as somebody is in it. `changed` when somebody has entered or left. */
export class Rooms extends EventEmitter<{ changed: [] }> {
  readonly #rooms = new Map<string, Room>();

  get all(): readonly Room[] {
    return [...this.#rooms.values()];
  }

  /** The rooms that the guest is in. */
  of(guest: Guest): readonly Room[] {
    return this.all.filter((room) => room.has(guest));
  }

  find(name: string): Room | undefined {
    return this.#rooms.get(name);
  }

  enter(name: string, guest: Guest): void {
    const room = this.#rooms.get(name) ?? new Room(name);
    this.#rooms.set(name, room);
    room.enter(guest);
    this.emit("changed");
  }

  leave(room: Room, guest: Guest): void {
    room.leave(guest);
    if (room.guests.length === 0) this.#rooms.delete(room.name);
    this.emit("changed");
  }
}

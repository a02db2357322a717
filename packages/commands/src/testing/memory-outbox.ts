/** An outbox in memory, for clients that die in a test and live again. */
import type { OutboxStore, SavedCommand } from "../outbox-store.ts";

export class MemoryOutbox implements OutboxStore {
  readonly commands = new Map<string, SavedCommand>();
  /** While true, nothing can be saved. */
  isFull = false;

  load(): readonly SavedCommand[] {
    return [...this.commands.values()];
  }

  save(command: SavedCommand): void {
    if (this.isFull) throw new Error("no space is left");
    this.commands.set(command.cmd, command);
  }

  remove(cmd: string): void {
    this.commands.delete(cmd);
  }
}

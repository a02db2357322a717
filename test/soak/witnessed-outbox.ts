import type { OutboxStore, SavedCommand } from "@trofie/commands";
import { FileOutbox } from "@trofie/commands/file-outbox";
import type { Witness } from "./facts.ts";

/** A client's outbox in a file, with a witness of what it has on its medium. */
export class WitnessedOutbox implements OutboxStore {
  readonly #file: FileOutbox;
  readonly #witness: Witness;

  constructor(path: string, witness: Witness) {
    this.#file = new FileOutbox(path);
    this.#witness = witness;
  }

  load(): readonly SavedCommand[] {
    const commands = this.#file.load();
    for (const { cmd } of commands) this.#witness({ is: "saved", cmd });
    return commands;
  }

  save(command: SavedCommand): void {
    this.#file.save(command);
    this.#witness({ is: "saved", cmd: command.cmd });
  }

  remove(cmd: string): void {
    this.#file.remove(cmd);
  }
}

/**
 * What this program asks a station: kept in a file until it is answered, so that the next program can ask what became of
 * it when this one is killed.
 */
import { FileOutbox } from "@trofie/commands/file-outbox";
import type { OutboxStore, SavedCommand } from "@trofie/commands";
import { complain } from "./complaint.ts";
import { commandText } from "./command-text.ts";
import { exitCodes } from "./exit-codes.ts";
import {
  makeFolders,
  outboxFolder,
  ownOutboxFile,
  thisHost,
  whyNot,
  type KeptCommand,
} from "./outbox-folder.ts";
import { programName } from "./program-name.ts";

/** With these somebody says that the program shall end. A terminal that is closed (SIGHUP) says nothing of the kind. */
const leavingSignals = ["SIGINT", "SIGTERM"] as const;

/**
 * The outbox of this program at one station. Where it cannot write, the command is sent all the same, and a warning says
 * what that means: a disk must be erasable from a machine whose own disk is full or read-only.
 */
export class OwnOutbox implements OutboxStore {
  readonly #address: string;
  readonly #unanswered = new Map<string, KeptCommand>();
  readonly #left = (): never => this.#leave();
  #file: FileOutbox<KeptCommand> | null = null;
  #hasWarned = false;

  constructor(address: string) {
    this.#address = address;
  }

  /** This program is its first life; what others have left is settled apart (`settle-earlier.ts`). */
  load(): readonly SavedCommand[] {
    return [];
  }

  save(command: SavedCommand): void {
    this.#keep({ ...command, address: this.#address, host: thisHost, isTakenBack: false });
    if (this.#unanswered.size === 1) for (const signal of leavingSignals) process.on(signal, this.#left);
  }

  remove(cmd: string): void {
    this.#unanswered.delete(cmd);
    if (this.#unanswered.size === 0) for (const signal of leavingSignals) process.off(signal, this.#left);
    this.#file?.remove(cmd);
  }

  #keep(command: KeptCommand): void {
    this.#unanswered.set(command.cmd, command);
    try {
      makeFolders(outboxFolder);
      this.#file ??= new FileOutbox(ownOutboxFile(crypto.randomUUID()));
      this.#file.save(command);
    } catch (error) {
      this.#warn(error);
    }
  }

  #warn(error: unknown): void {
    if (!this.#hasWarned)
      complain("warning", {
        code: null,
        message: `Cannot keep what is asked in ${outboxFolder}: ${whyNot(error)}. It is sent all the same; if this program is killed before the answer, look for it with: ${programName} jobs`,
      });
    this.#hasWarned = true;
  }

  /** It may be on its way, so nobody can say that it is not carried out; but it is not to be, if it was not. */
  #leave(): never {
    const left = [...this.#unanswered.values()];
    for (const command of left) this.#keep({ ...command, isTakenBack: true });
    const what = left.map(commandText).join(", ");
    const next = this.#hasWarned
      ? `Look for it with: ${programName} jobs`
      : `The next ${programName} at this station asks, and takes it back if it has not`;
    complain("error", {
      code: null,
      message: `Left before the station answered: whether it has taken the ${what} is not known. ${next}`,
    });
    process.exit(exitCodes.unknown.number);
  }
}

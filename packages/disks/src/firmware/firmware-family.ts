/** The shape that every family of firmware erases has: what the disk can, giving it the command, and what it says of it. */
import type { FirmwareEraseId } from "@trofie/contract";
import type { AskedDisk } from "./ask-disk.ts";

export interface FirmwareFamily {
  /** All commands of the family, by what the disk says of itself now. */
  capabilities(disk: AskedDisk): Promise<Capabilities>;
  /** What must be done before the command; that the job did it is kept before the command is given. */
  prepare?(disk: AskedDisk): Promise<Answer>;
  /** Gives the disk the command: once, whatever comes of it. */
  issue(disk: AskedDisk, command: FirmwareEraseId): Promise<Answer>;
  /** True where `issue` returns when the disk is done; else the disk goes on by itself and `status` tells. */
  readonly isBlocking: boolean;
  /** `wasTaken`: the disk is known to have taken our command. Null when the disk cannot be asked now. */
  status(disk: AskedDisk, command: FirmwareEraseId, wasTaken: boolean): Promise<FirmwareStatus | null>;
  /** Puts right what a failed command leaves behind; says what was done and, where it was not, how to do it by hand. */
  tidyUp?(disk: AskedDisk): Promise<string>;
}

export type Capabilities = Readonly<Partial<Record<FirmwareEraseId, Capability>>>;

export interface Capability {
  /** Why the disk would not do it now, as "it is frozen"; null when it would. */
  readonly obstacle: string | null;
  /** As the disk says. */
  readonly estimatedMs: number | null;
  /** True where it erases more than this one namespace. */
  readonly reachesOthers: boolean;
  readonly warnings: readonly string[];
}

/** What the tool made of the command. `taken` is true only when nothing speaks against it. */
export interface Answer {
  readonly taken: boolean;
  readonly words: string;
}

/**
 * idle → running → succeeded or failed. `idle`: the disk knows of no erase of ours. The words are the disk's own; the
 * same status has the same words.
 */
export type FirmwareStatus =
  | { readonly state: "idle"; readonly words: string }
  | { readonly state: "running"; readonly fractionDone: number | null; readonly words: string }
  | { readonly state: "succeeded"; readonly words: string }
  | { readonly state: "failed"; readonly words: string };

/** A capability about which there is nothing more to say than whether it is there. */
export function capability(obstacle: string | null, more: Partial<Capability> = {}): Capability {
  return { estimatedMs: null, reachesOthers: false, warnings: [], ...more, obstacle };
}

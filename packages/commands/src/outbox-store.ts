/** Where a client keeps its commands over its own death. */
import type { Params } from "./json-rpc.ts";

/** A command as it was sent first, and is sent again until its verdict is in hand. */
export interface SavedCommand {
  readonly cmd: string;
  readonly method: string;
  /** All of them, `cmd` and `epoch` included. */
  readonly params: Params;
}

/**
 * Keeps commands over the death of the program that gave them: each is saved before it is sent, so that none can be
 * carried out that nobody remembers. It belongs to one client; two programs never share one.
 */
export interface OutboxStore {
  /** What an earlier life of this client has sent and has no verdict of, in the order in which it was given. */
  load(): readonly SavedCommand[] | Promise<readonly SavedCommand[]>;
  /** The command is durable when this has returned. Throws when it cannot be: then it is not sent. */
  save(command: SavedCommand): void | Promise<void>;
  /** Its verdict is in hand. */
  remove(cmd: string): void | Promise<void>;
}

/** For a client whose commands need not outlive it: whoever gives them sees how they end, or does not mind. */
export const forgetfulStore: OutboxStore = {
  load: () => [],
  save: () => {},
  remove: () => {},
};

/** What is to be saved of a call; null of a query, which changes nothing. */
export function savedCommand(method: string, params: Params): SavedCommand | null {
  return typeof params.cmd === "string" ? { cmd: params.cmd, method, params } : null;
}

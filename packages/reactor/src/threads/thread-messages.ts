import type { MessagePort } from "node:worker_threads";
import type { CloseReason } from "../close-reason.ts";
import type { ThreadError } from "./thread-error.ts";

/** What a reactor's thread is started with. */
export interface ThreadSettings {
  /** The module whose default export is the protocol's class. */
  readonly protocolUrl: string;
  readonly target: ThreadTarget;
}

export type ThreadTarget = { readonly host: string; readonly port: number } | { readonly endpoint: string };

/** A method of the protocol, to be called in the reactor's thread. */
export interface ThreadCall {
  readonly generation: number;
  readonly method: string;
  readonly args: readonly unknown[];
}

/** How a call ended. */
export type CallEnd =
  | { readonly kind: "returned"; readonly value: unknown }
  | { readonly kind: "threw"; readonly error: ThreadError };

/** Where a thread that is blocked waits for its call's end: the bell is rung when the answer is at the port. */
export interface BlockedCaller {
  readonly bell: Int32Array<SharedArrayBuffer>;
  readonly port: MessagePort;
}

/** To the thread, in arrays: all that one turn orders is one message. Connections are numbered, so that nothing of an old one is mistaken. */
export type ThreadOrder =
  | { readonly kind: "connect"; readonly generation: number }
  /** Lines that were sent one after the other: the first has this id, each that follows the next one. */
  | { readonly kind: "send"; readonly firstId: number; readonly generation: number; readonly lines: string[] }
  | ({ readonly kind: "call"; readonly id: number } & ThreadCall)
  | ({ readonly kind: "blocking-call"; readonly caller: BlockedCaller } & ThreadCall)
  | { readonly kind: "credit"; readonly length: number }
  | { readonly kind: "stop"; readonly deadlineMs: number };

/** From the thread, in arrays: all that happened in one turn is one message. */
export type ThreadEvent =
  | { readonly kind: "ready" }
  | { readonly kind: "connected"; readonly generation: number }
  | { readonly kind: "lines"; readonly generation: number; readonly lines: string[] }
  | { readonly kind: "told"; readonly generation: number; readonly value: unknown }
  | { readonly kind: "lost"; readonly generation: number; readonly reason: CloseReason }
  | { readonly kind: "failed"; readonly generation: number; readonly error: ThreadError }
  | { readonly kind: "sent"; readonly ids: readonly number[] }
  | { readonly kind: "unsent"; readonly id: number; readonly error: ThreadError }
  | { readonly kind: "called"; readonly id: number; readonly end: CallEnd };

import type { CloseReason } from "./close-reason.ts";

/** What a reactor's thread is started with. */
export interface ThreadSettings {
  /** The module whose default export is the protocol's class. */
  readonly protocolUrl: string;
  readonly target: ThreadTarget;
}

export type ThreadTarget = { readonly host: string; readonly port: number } | { readonly endpoint: string };

/** To the thread, one message each. Connections are numbered, so that nothing of an old one is mistaken. */
export type ThreadOrder =
  | { readonly kind: "connect"; readonly generation: number }
  | { readonly kind: "send"; readonly id: number; readonly generation: number; readonly line: string }
  | { readonly kind: "credit"; readonly length: number }
  | { readonly kind: "stop"; readonly deadlineMs: number };

/** From the thread, in arrays: all that happened in one turn is one message. */
export type ThreadEvent =
  | { readonly kind: "ready" }
  | { readonly kind: "connected"; readonly generation: number }
  | { readonly kind: "lines"; readonly generation: number; readonly lines: string[] }
  | { readonly kind: "lost"; readonly generation: number; readonly reason: CloseReason }
  | { readonly kind: "failed"; readonly generation: number; readonly error: Error }
  | { readonly kind: "sent"; readonly id: number }
  | { readonly kind: "unsent"; readonly id: number; readonly why: string };

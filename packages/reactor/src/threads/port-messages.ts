import type { Address } from "../address.ts";
import type { ListenEndpoint } from "../endpoints/listen-endpoint.ts";
import type { StopReport } from "../reactor.ts";
import type { ThreadError } from "./thread-error.ts";

/** What a thread that shares a port is started with. */
export interface PortWorkerSettings {
  /** The module whose default export is the factory's class. */
  readonly factoryUrl: string;
  readonly endpoint: ListenEndpoint;
}

export type PortOrder =
  | { readonly kind: "suspend" | "resume" | "stop-listening"; readonly id: number }
  | { readonly kind: "stop"; readonly id: number; readonly deadlineMs: number };

export type PortEvent =
  | { readonly kind: "listening"; readonly address: Address }
  | { readonly kind: "cannot-listen"; readonly error: ThreadError }
  | { readonly kind: "count"; readonly count: number }
  | { readonly kind: "done"; readonly id: number }
  | { readonly kind: "failed"; readonly id: number; readonly error: ThreadError }
  | { readonly kind: "stopped"; readonly id: number; readonly report: StopReport };

/** What the two threads of a campaign tell each other. */
import type { End } from "./fuzz-input.ts";

export interface ThreadOrder {
  readonly seed: number;
  readonly from: number;
  readonly execs: number;
  readonly end: End;
  /** Shared, at `begun` and `stop`. */
  readonly shared: Int32Array<SharedArrayBuffer>;
}

/** Where the number of the execution stands that was begun last. */
export const begun = 0;

/** Where a 1 stands when no other execution is to be begun. */
export const stop = 1;

export type FromThread =
  | { readonly kind: "memory"; readonly execs: number; readonly rssBytes: number; readonly heapBytes: number }
  | {
      readonly kind: "finding";
      readonly execution: number;
      readonly what: string;
      /** The shortest input, for a command line and for a person. */
      readonly word: string;
      readonly text: string;
      readonly breaksAlone: boolean;
    }
  | {
      readonly kind: "done";
      readonly execs: number;
      readonly crashes: number;
      readonly hangs: number;
      readonly met: readonly (readonly [what: string, times: number])[];
    };

/** What is seen at a client's edges, as plain data: facts of another process arrive as lines of JSON. */
import type { EventRow } from "@trofie/commands";

/** As it came over the wire: one of the two. */
export interface Answer {
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string; readonly data: Readonly<Record<string, unknown>> };
}

export type Fact =
  /** Somebody wants this carried out, once. */
  | { readonly is: "asked"; readonly method: string }
  /** The outbox has the command on its medium. */
  | { readonly is: "saved"; readonly cmd: string }
  | { readonly is: "sent"; readonly cmd: string; readonly method: string; readonly params: object }
  | { readonly is: "answered"; readonly cmd: string; readonly answer: Answer }
  /** Whoever asked for a job was told which it is; of what was asked for in an earlier life, too. */
  | { readonly is: "told"; readonly job: string }
  /** Whoever has started a job was told how it ended. */
  | { readonly is: "told the end"; readonly job: string; readonly state: string }
  | { readonly is: "snapshot"; readonly seq: number }
  | { readonly is: "heard"; readonly row: EventRow }
  /** What must not happen to a client. */
  | { readonly is: "mistake"; readonly text: string };

export type Witness = (fact: Fact) => void;

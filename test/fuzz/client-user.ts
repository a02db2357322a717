/** A client's user: asks for things, and hears what comes of them and what happens. */
import {
  NoAnswerError,
  ProtocolError,
  Refusal,
  type Client,
  type ClientListener,
  type EventRow,
} from "@trofie/commands";
import type { StationContract } from "@trofie/contract";
import { broken } from "./breach.ts";
import type { ClientInput } from "./client-input.ts";

/** One thing that was asked for, and how it came out. */
export interface Asked {
  readonly what: ClientInput["asks"][number];
  outcome?: { readonly answer: unknown } | { readonly error: unknown };
  /** Of an operation: what the job came to. */
  result?: unknown;
}

export function ask(client: Client<StationContract>, what: Asked["what"]): Asked {
  const asked: Asked = { what };
  const settled = (outcome: NonNullable<Asked["outcome"]>): void => {
    if (asked.outcome) broken(`a ${what} was answered twice`);
    asked.outcome = outcome;
  };
  const path = "/dev/a";
  const operation = what === "operation" ? client.operate("health.check", { path }) : null;
  const answer =
    operation?.job ??
    (what === "query" ? client.query("job.get", { job: path }) : client.command("job.stop", { job: path }));
  answer.then(
    (value: unknown) => settled({ answer: value }),
    (error: unknown) => {
      if (!isExpected(error)) broken("a call failed", error);
      settled({ error });
    },
  );
  operation?.result.then(
    (result) => (asked.result = result),
    (error: unknown) => (asked.result = error),
  );
  return asked;
}

/** A refusal, nobody to ask any more, or an answer that is none. */
function isExpected(error: unknown): boolean {
  return error instanceof Refusal || error instanceof NoAnswerError || error instanceof ProtocolError;
}

/** What a user's listener is told: each event once, in order, from the snapshot on. */
export class Watch implements ClientListener {
  fault: string | null = null;
  seq: number | null = null;
  readonly rows: EventRow[] = [];

  snapshotReceived(_items: readonly unknown[], seq: number): void {
    if (!Number.isSafeInteger(seq)) this.fault ??= `a snapshot of ${seq} was told`;
    this.seq = seq;
  }

  eventReceived(row: EventRow): void {
    const { seq, type } = row;
    this.rows.push(row);
    if (this.seq === null || seq !== this.seq + 1) this.fault ??= `event ${seq} was told after ${this.seq}`;
    if (typeof type !== "string") this.fault ??= `an event of type ${String(type)} was told`;
    this.seq = seq;
  }
}

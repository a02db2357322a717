import { CommandServer, Refusal } from "@trofie/commands";
import type { MemoryJournal } from "@trofie/commands/testing";
import type { Clock } from "@trofie/reactor";
import { codes, contract, type Sold } from "./contract.ts";

export interface BoxOfficeOptions {
  /** In earnest a database that keeps events and verdicts in one transaction: an `EventLog` and a `VerdictStore`. */
  readonly journal: MemoryJournal;
  readonly clock: Clock;
  /** How many tickets there were before the first was sold. */
  readonly stock: number;
  readonly onMistake: (error: unknown) => void;
}

/** Sells tickets. It knows nothing that is not in its journal: it may die at any moment, and is opened again on it. */
export function openBoxOffice({ journal, clock, stock, onMistake }: BoxOfficeOptions) {
  const left = () => (journal.rows.at(-1)?.body as Sold | undefined)?.left ?? stock;

  const server = new CommandServer<typeof contract>({
    station: "box office",
    contract,
    codes,
    handlers: {
      "tickets.left": () => ({ left: left() }),
      "tickets.buy": ({ order, count }) => {
        const leftAfter = left() - count;
        if (leftAfter < 0) throw new Refusal("SOLD_OUT", `Cannot sell ${count} tickets: ${left()} are left`);
        return {
          record: () => {
            journal.append("tickets.sold", null, { order, count, left: leftAfter });
            return { left: leftAfter };
          },
        };
      },
    },
    log: journal,
    verdicts: journal,
    clock,
    digest: (method, params) => JSON.stringify([method, params]),
    onInternalError: onMistake,
  });
  journal.onCommit = () => server.eventsCommitted();
  journal.snapshot = () => [{ kind: "stock", id: "tickets", ended: false, item: { left: left() } }];
  return server;
}

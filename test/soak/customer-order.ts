/** What is said between a customer with a process of its own and whoever started that. */

/** As JSON on the command line. */
export interface CustomerOrder {
  readonly name: string;
  /** UUID of its client, the same in all its lives. */
  readonly client: string;
  readonly seed: number;
  readonly endpoint: string;
  readonly tokenPath: string;
  readonly outboxPath: string;
  readonly factsPath: string;
  readonly disks: readonly string[];
}

/** To the customer: want nothing more, and say so when all is answered. */
export const rest = "rest";
/** From the customer: it is. */
export const atRest = "at rest";

import { asError } from "./as-error.ts";
import { reportFault } from "./report-fault.ts";

/** Something that has work to do at the end of the turn. */
export interface TurnEnd {
  turnEnded(): void;
}

let waiting: TurnEnd[] = [];
let ending: TurnEnd[] = [];

/** Calls `turnEnded` in one microtask that all callers of this turn share: no closure, no timer. */
export function atTurnEnd(one: TurnEnd): void {
  if (waiting.push(one) === 1) queueMicrotask(endTurn);
}

function endTurn(): void {
  [waiting, ending] = [ending, waiting];
  for (const one of ending) {
    try {
      one.turnEnded();
    } catch (error) {
      reportFault({ error: asError(error), source: one });
    }
  }
  ending.length = 0;
}

/** The way of work that destroys: its plan is shown, confirmed, and started; or with `--dry-run` only shown. */
import { confirmPlan, type Confirmation, type Given, type Planned } from "./confirm-plan.ts";
import type { StationClient } from "./connection.ts";
import { orderWork, type Doing, type Manner } from "./order-work.ts";

export interface PlannedManner extends Manner, Given {
  readonly dryRun: boolean;
}

/** `plan` asks for the plan, `start` for the work that was confirmed. The program's exit code says how that went. */
export function orderPlannedWork(
  manner: PlannedManner,
  plan: (client: StationClient) => Promise<Planned>,
  start: (client: StationClient, confirmation: Confirmation) => Doing,
): Promise<void> {
  return orderWork(manner, async (client, teller) => {
    const planned = await plan(client);
    teller.planned(planned);
    if (manner.dryRun) {
      teller.onlyPlanned(planned);
      return null;
    }
    return start(client, await confirmPlan(planned, teller, manner));
  });
}

/** The state of the connection in words, and waiting that outlives it. */
import type { ClientListener } from "@trofie/commands";
import type { StationClient } from "./connection.ts";
import { Exit } from "./exit-codes.ts";
import type { Screen } from "./screen.ts";

/** Says when the connection goes and when it is back, and whether what was heard before still holds. */
export function connectionInWords(screen: Screen): ClientListener {
  let isLost = false;
  let epoch: string | null = null;
  return {
    connectionChanged: (state) => {
      if (state.kind === "waiting" && !isLost) screen.line(`No connection: ${state.reason}. Trying again…`);
      if (state.kind === "waiting") isLost = true;
      if (state.kind !== "connected") return;
      if (isLost) screen.line(epoch === state.welcome.epoch ? sameJournal : otherJournal);
      isLost = false;
      ({ epoch } = state.welcome);
    },
  };
}

const sameJournal = "Connected again; nothing was missed.";
const otherJournal =
  "Connected again, but the station has another journal: what happened before is not known there.";

/** Waits until the client gives up for good, which ends the program. */
export function waitForEnd(client: StationClient): Promise<never> {
  return new Promise((_, reject) => {
    client.listen({
      connectionChanged: (state) => {
        if (state.kind === "stopped")
          reject(new Exit("unreachable", `The connection has ended: ${state.reason}`));
      },
    });
  });
}

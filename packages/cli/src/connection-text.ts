/** The state of the connection in words, and waiting that outlives it. */
import type { ClientListener } from "@trofie/commands";
import { complain } from "./complaint.ts";
import type { StationClient } from "./connection.ts";
import { Exit } from "./exit-codes.ts";
import type { Screen } from "./screen.ts";

/** Says when the connection goes and when it is back, and that nothing was missed only where that is so. */
export function connectionInWords(screen: Screen): ClientListener {
  let isLost = false;
  let read: { readonly epoch: string | null; readonly seq: number } = { epoch: null, seq: 0 };
  return {
    connectionChanged: (state) => {
      if (state.kind === "waiting" && !isLost) {
        screen.status(""); // it told of something that moves
        screen.line(`No connection: ${state.reason}. Trying again…`);
      }
      if (state.kind === "waiting") isLost = true;
      if (state.kind !== "connected") return;
      const { epoch, seq } = state.welcome;
      const isAllThere = epoch === read.epoch && seq >= read.seq;
      if (isLost) screen.line(isAllThere ? "Connected again; nothing was missed." : "Connected again.");
      isLost = false;
      read = { epoch, seq: isAllThere ? read.seq : 0 };
    },
    snapshotReceived: (_, seq) => void (read = { ...read, seq }),
    eventReceived: ({ seq }) => void (read = { ...read, seq }),
  };
}

/** For a program that shows nothing else of its connection: why it waits, once for each time that it is lost. */
export function lossOnStandardError(): ClientListener {
  let isLost = false;
  return {
    connectionChanged: (state) => {
      if (state.kind === "waiting" && !isLost)
        complain("waiting", { code: null, message: `there is no connection: ${state.reason}` });
      isLost = state.kind === "waiting" || (isLost && state.kind === "connecting");
    },
  };
}

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

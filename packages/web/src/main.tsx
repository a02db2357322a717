/** The page of a station: connects to the station that served it, and shows what it hears. */
// oxlint-disable-next-line import/no-unassigned-import -- It must run before any schema is made.
import "./no-eval.ts";
import { Client } from "@trofie/commands";
import { connectWebSocket } from "@trofie/commands/websocket";
import { stationContract } from "@trofie/contract";
import { systemClock, systemRandom } from "@trofie/reactor/client-service";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Page } from "./page.tsx";
import { StationWatch } from "./station-watch.ts";

const unauthorized = 401;

const client = new Client({
  contract: stationContract,
  connect: connectWebSocket(`ws://${location.host}/session`),
  clock: systemClock,
  random: systemRandom,
  agent: "trofie page",
});
const watch = new StationWatch(client, isSessionOver);

addEventListener("online", () => client.retryNow());
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") client.retryNow();
});
client.start();
createRoot(document.querySelector("#page")!).render(
  <StrictMode>
    <Page client={client} watch={watch} />
  </StrictMode>,
);

/** The page itself is refused for the same reason as its WebSocket, and says so. */
async function isSessionOver(): Promise<boolean> {
  try {
    const { status } = await fetch("/", { method: "HEAD", cache: "no-store" });
    return status === unauthorized;
  } catch {
    return false;
  }
}

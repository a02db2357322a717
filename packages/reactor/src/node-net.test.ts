import { readFileSync } from "node:fs";
import { expect, it, vi } from "vitest";
import { transportPair } from "./testing/index.ts";

const KEEP_ALIVE_TIMER = "02";

/** The timers of the connections that have this port at one end, as Linux lists them (proc_net_tcp.txt: `tr`). */
function timersOfPort(port: number): string[] {
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  const rows = readFileSync("/proc/net/tcp", "utf8").split("\n").slice(1, -1);
  return rows
    .map((row) => row.trim().split(/\s+/))
    .filter(([, local, remote, state]) => `${local} ${remote}`.includes(`:${hex}`) && state === "01")
    .map((fields) => fields[5]!.split(":")[0]!);
}

it("asks the system to watch over both ends of a connection that lasts", async () => {
  await using pair = await transportPair("tcp:0");
  const { peer } = pair.client.transport;
  const port = peer.kind === "tcp" ? peer.port : 0;
  await vi.waitFor(() => expect(timersOfPort(port)).toEqual([KEEP_ALIVE_TIMER, KEEP_ALIVE_TIMER]));
});

/** Which station the program talks to, and how it gets there. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Client, NoAnswerError, Refusal, type ClientListener } from "@trofie/commands";
import { connectLines } from "@trofie/commands/lines";
import { defaultPaths, stationContract, tokenFile, type StationContract } from "@trofie/contract";
import { Reactor, systemClock, systemRandom } from "@trofie/reactor";
import { Exit } from "./exit-codes.ts";
import { version } from "./version.ts";

export type StationClient = Client<StationContract>;

export const paths = defaultPaths(process.env, process.getuid?.() === 0);

/** An address as users write it: `unix:PATH` or `tcp:HOST:PORT`; `--station`, else `TROFIE_STATION`, else the default. */
export function stationAddress(given: string | undefined): string {
  return given ?? (process.env.TROFIE_STATION || `unix:${paths.socket}`);
}

export interface Hearing {
  /** Hear of events and progress; operations need them too. */
  readonly events?: boolean;
  /** Hears everything from the first connection on. */
  readonly listener?: ClientListener;
}

/** Runs `work` with a client of the station, which is stopped afterwards. */
export async function withStation<T>(
  address: string,
  work: (client: StationClient) => Promise<T>,
  { events = false, listener = {} }: Hearing = {},
): Promise<T> {
  await using reactor = new Reactor();
  const client = new Client<StationContract>({
    contract: stationContract,
    connect: connectLines(reactor, endpoint(address)),
    clock: systemClock,
    random: systemRandom,
    agent: `trofie ${version}`,
    auth: address.startsWith("tcp:") ? { token: readToken() } : {},
    want: { events, progress: events },
  });
  client.listen(listener);
  try {
    await firstConnection(client, address);
    return await work(client);
  } catch (error) {
    if (error instanceof Refusal) throw new Exit("refused", error.message, error.code);
    if (error instanceof NoAnswerError) throw new Exit("unknown", error.message);
    throw error;
  } finally {
    await client.stop();
  }
}

/** Waits for the first connection, and does not try twice: a wrong address is told at once. */
function firstConnection(client: StationClient, address: string): Promise<void> {
  const connected = Promise.withResolvers<void>();
  const stopListening = client.listen({
    connectionChanged: (state) => {
      if (state.kind === "connected") connected.resolve();
      if (state.kind === "waiting" || state.kind === "stopped")
        connected.reject(new Exit("unreachable", `Cannot reach the station at ${address}: ${state.reason}`));
    },
  });
  client.start();
  return connected.promise.finally(stopListening);
}

function endpoint(address: string): string {
  const tcp = /^tcp:(.+):(\d+)$/.exec(address);
  if (tcp) return `tcp:host=${tcp[1]!.replace(/([:\\])/g, "\\$1")}:port=${tcp[2]}`;
  if (/^unix:./.test(address)) return `unix:${address.slice("unix:".length).replace(/([:\\])/g, "\\$1")}`;
  throw new Exit("usage", `Cannot use the station address ${address}: write unix:PATH or tcp:HOST:PORT`);
}

/** `TROFIE_TOKEN`, else the token of a station on this machine. */
function readToken(): string {
  const path = join(paths.state, tokenFile);
  if (process.env.TROFIE_TOKEN) return process.env.TROFIE_TOKEN;
  return existsSync(path) ? readFileSync(path, "utf8").trim() : "";
}

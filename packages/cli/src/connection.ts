/** The program's client of a station, for as long as one command needs it. */
import {
  Client,
  NoAnswerError,
  Refusal,
  stationForgotText,
  type ClientListener,
  type StationForgot,
} from "@trofie/commands";
import { connectLines } from "@trofie/commands/lines";
import { stationContract, type StationContract } from "@trofie/contract";
import { Reactor, systemClock, systemRandom } from "@trofie/reactor";
import { complain } from "./complaint.ts";
import { lossOnStandardError } from "./connection-text.ts";
import { Exit } from "./exit-codes.ts";
import { OwnOutbox } from "./own-outbox.ts";
import { programName } from "./program-name.ts";
import { settleEarlier } from "./settle-earlier.ts";
import { authFor, endpointOf } from "./station-address.ts";
import { version } from "./version.ts";

export type StationClient = Client<StationContract>;

export interface Hearing {
  /** Hear of events and progress; operations need them too. */
  readonly events?: boolean;
  /** Hears everything from the first connection on. */
  readonly listener?: ClientListener;
}

/**
 * Runs `work` with a client of the station, which is stopped afterwards. Before it comes what earlier programs have asked
 * there and have no answer of.
 */
export async function withStation<T>(
  address: string,
  work: (client: StationClient) => Promise<T>,
  { events = false, listener = {} }: Hearing = {},
): Promise<T> {
  await using reactor = new Reactor();
  const client = new Client<StationContract>({
    contract: stationContract,
    connect: connectLines(reactor, endpointOf(address)),
    clock: systemClock,
    random: systemRandom,
    agent: `trofie ${version}`,
    auth: authFor(address),
    want: { events, progress: events },
    outbox: new OwnOutbox(address),
  });
  client.listen(listener);
  client.listen({
    callPostponed: once((refusal: Refusal) => complain("waiting", refusal)),
    stationForgot: warnThatForgot,
  });
  try {
    await firstConnection(client, address);
    if (!listener.connectionChanged) client.listen(lossOnStandardError());
    await settleEarlier(client, address);
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
        connected.reject(new Exit("unreachable", unreachable(address, state.reason)));
    },
  });
  client.start();
  return connected.promise.finally(stopListening);
}

/** The exit code says nothing of it, unless what was asked for is not known there any more. */
function warnThatForgot(how: StationForgot): void {
  complain("warning", { code: forgotCodes[how], message: stationForgotText[how] });
}

const forgotCodes: Readonly<Record<StationForgot, string>> = {
  "other-journal": "OTHER_JOURNAL",
  "rolled-back": "ROLLED_BACK",
  rewritten: "REWRITTEN",
};

function unreachable(address: string, reason: string): string {
  const isThereNone = /: (there is no such socket|nobody is listening there)$/.test(reason);
  const isTokenWrong = reason.endsWith("the token is missing or wrong");
  const start = isThereNone ? ` (start one with: ${programName} station)` : "";
  const key = isTokenWrong ? " (TROFIE_TOKEN gives it)" : "";
  return `Cannot reach the station at ${address}: ${reason}${start}${key}`;
}

/** A call that waits is sent again every second; that it waits is said once. */
function once<T>(say: (value: T) => void): (value: T) => void {
  let wasSaid = false;
  return (value) => {
    if (!wasSaid) say(value);
    wasSaid = true;
  };
}

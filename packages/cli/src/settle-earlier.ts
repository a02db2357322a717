/**
 * Settles what earlier programs have asked of a station and died before they knew the answer.
 *
 * Whoever confirmed an erase two minutes ago still means it; whoever comes back after lunch may have taken the disk away,
 * or started it again by another way. So what is young is sent again, and what is older, or was left with Ctrl-C, is only
 * asked after: if the station has not had it, it is taken back, and a late copy of it is refused too.
 */
import { Refusal, type SavedCommand } from "@trofie/commands";
import { durationText } from "@trofie/contract";
import { commandText } from "./command-text.ts";
import { complain } from "./complaint.ts";
import type { StationClient } from "./connection.ts";
import { takeOverEarlier, type AskedStation, type EarlierCommand } from "./earlier-commands.ts";
import { whyNot, type KeptCommand } from "./outbox-folder.ts";
import { programName } from "./program-name.ts";

/** For how long what somebody has asked for is taken as still wanted. */
export const stillWantedMs = 120_000;

/** Tells on standard error what became of each. What cannot be settled now is left to the next program. */
export async function settleEarlier(client: StationClient, address: string): Promise<void> {
  if (client.state.kind !== "connected") return;
  const station = { address, epoch: client.state.welcome.epoch };
  for (const earlier of takeOverEarlier(station)) {
    const { command } = earlier;
    const ageMs = Date.now() - askedAtMs(command);
    const end = await settle(client, command, { station, ageMs });
    tell(command, ageMs, end);
    if (end.isFinal) forget(earlier);
  }
}

/** What became of a command: the words before and after its name. */
export interface End {
  readonly did: "Sent again" | "Asked after" | "Dropped" | "Unknown" | "Not settled";
  readonly became: string;
  readonly isFinal: boolean;
  /** The station's word for its refusal. */
  readonly code?: string | null;
  /** The job that it started. */
  readonly job?: string;
}

interface Circumstances {
  readonly station: AskedStation;
  readonly ageMs: number;
}

/** The part of a client that this needs. */
type Asker = Pick<StationClient, "sendAgain" | "takeBack">;

export async function settle(
  client: Asker,
  command: KeptCommand,
  { station, ageMs }: Circumstances,
): Promise<End> {
  if (command.params.epoch !== station.epoch) return otherJournal;
  // An age below zero says that the clock was set: it tells nothing.
  const isWanted = !command.isTakenBack && ageMs >= 0 && ageMs <= stillWantedMs;
  const did = isWanted ? "Sent again" : "Asked after";
  try {
    const answer = await (isWanted ? client.sendAgain(command) : client.takeBack(command));
    if (answer === null) return neverArrived;
    const { job } = answer;
    if (typeof job !== "string") return { did, became: "carried out", isFinal: true };
    return { did, became: `accepted as ${job}`, isFinal: true, job };
  } catch (error) {
    if (!(error instanceof Refusal)) return leftForLater((error as Error).message);
    if (error.details.final === false) return { ...leftForLater(error.message), code: error.code };
    return { did, became: `refused: ${error.message}`, isFinal: true, code: error.code };
  }
}

const otherJournal: End = {
  did: "Unknown",
  became: "the station has another journal than the one it was meant for; look at the disk",
  isFinal: true,
};

const neverArrived: End = {
  did: "Dropped",
  became: "it never reached the station, and is not carried out any more; ask anew if you still want it",
  isFinal: true,
};

function leftForLater(reason: string): End {
  return { did: "Not settled", became: `${reason}; the next ${programName} asks again`, isFinal: false };
}

function tell(command: KeptCommand, ageMs: number, { did, became, code = null, job }: End): void {
  const asked = ageMs < 0 ? "asked earlier" : `asked ${durationText(ageMs)} ago`;
  const left = command.isTakenBack ? " and left" : "";
  const message = `${did}: ${commandText(command)}, ${asked}${left}: ${became}`;
  complain("earlier", { code, message, job });
}

/** Whoever cannot write there is told the same again by the next program, which is better than not at all. */
function forget(earlier: EarlierCommand): void {
  try {
    earlier.settled();
  } catch (error) {
    complain("warning", { code: null, message: `Cannot forget what was settled: ${whyNot(error)}` });
  }
}

/** When its id was made: a UUID of version 7 begins with the milliseconds since 1970 (RFC 9562 §5.7). */
export function askedAtMs({ cmd }: Pick<SavedCommand, "cmd">): number {
  return Number.parseInt(cmd.replace("-", "").slice(0, 12), 16);
}

/** Events in words. */
import type { BodyOf, EventRow } from "@trofie/commands";
import {
  durationText,
  timeText,
  type Device,
  type EventType,
  type Job,
  type StationContract,
} from "@trofie/contract";
import { harmless } from "./harmless.ts";
import { jobText } from "./job-text.ts";

/** What a station tells of itself. */
type OwnEvent = Exclude<EventType, `job.${string}` | `device.${string}`>;
type Body<T extends OwnEvent> = BodyOf<StationContract["events"][T]>;

/** An event that is not known here is told by its name. */
export function eventText({ type, body }: Pick<EventRow, "type" | "body">): string {
  if (type.startsWith("job.")) return jobText(body as Job);
  if (type.startsWith("device.")) return `${(body as Device).path}: ${type.slice("device.".length)}`;
  return Object.hasOwn(ownTexts, type) ? ownTexts[type as OwnEvent](body as never) : harmless(type);
}

const ownTexts: { readonly [T in OwnEvent]: (body: Body<T>) => string } = {
  "station.started": () => "the station has started",
  "command.rejected": ({ principal, method, code, message }) =>
    harmless(`${principal} was refused ${method}: ${message} (${code})`),
  "clock.jumped": ({ byMs }) =>
    `the station's clock was set ${byMs < 0 ? "back" : "forward"} by ${durationText(Math.abs(byMs))}`,
  "journal.writable": ({ fullSince }) =>
    `the disk of the state folder has room again, which it had not since ${timeText(fullSince)}`,
  "journal.replaced": ({ putAside }) =>
    `the journal was damaged, and lies in ${putAside}; the station knows nothing of before`,
  "journal.doubted": ({ how, since }) =>
    `the journal is not what it was: ${howText[how]}; what was heard after event ${since} is not in it`,
};

const howText: Readonly<Record<Body<"journal.doubted">["how"], string>> = {
  "rolled-back": "it is an older copy of itself",
  rewritten: "somebody has changed it",
};

import type { ClientListener, EventRow } from "@trofie/commands";
import {
  emptyView,
  holdsDevice,
  viewOfSnapshot,
  withEvent,
  withProgress,
  type Device,
  type Job,
  type Progress,
  type StationView,
} from "@trofie/contract";
import { connectionInWords, waitForEnd } from "./connection-text.ts";
import { withStation } from "./connection.ts";
import { jobText, progressText } from "./job-text.ts";
import { openScreen, type Screen } from "./screen.ts";

/** `trofie watch`: everything that happens at the station, until Ctrl-C; a lost connection comes back by itself. */
export async function watch(address: string, { json }: { json: boolean }): Promise<void> {
  const listener = json ? inJson() : inWords(openScreen(process.stdout));
  await withStation(address, waitForEnd, { events: true, listener });
}

function inJson(): ClientListener {
  const say = (message: object): void => console.log(JSON.stringify(message));
  return {
    connectionChanged: (connection) => say({ connection }),
    snapshotReceived: (items, seq) => say({ snapshot: { seq, items } }),
    eventReceived: (event) => say({ event }),
    progressReceived: (progress) => say({ progress }),
  };
}

function inWords(screen: Screen): ClientListener {
  let view = emptyView;
  const show = (next: StationView): void => {
    view = next;
    screen.status(statusLine(view));
  };
  return {
    ...connectionInWords(screen),
    snapshotReceived: (items) => {
      show(viewOfSnapshot(items));
      for (const job of view.jobs.values()) if (!job.endedAt) screen.line(jobText(job));
    },
    eventReceived: (event) => {
      show(withEvent(view, event));
      sayEvent(screen, event);
    },
    progressReceived: (progress) => show(withProgress(view, progress as unknown as Progress)),
  };
}

function sayEvent(screen: Screen, { at, type, body }: EventRow): void {
  const time = at.slice(11, 19);
  if (type.startsWith("job.")) return screen.line(`${time}  ${jobText(body as Job)}`);
  if (type === "station.started") return screen.line(`${time}  the station has started`);
  screen.line(`${time}  ${(body as Device).path}: ${type.slice("device.".length)}`);
}

function statusLine({ jobs, progress }: StationView): string {
  const running = [...jobs.values()].filter(({ state }) => holdsDevice(state));
  return running
    .map(({ id, path, state }) => {
      const newest = progress.get(id);
      return `${path}  ${newest ? progressText(newest) : state}`;
    })
    .join("   |   ");
}

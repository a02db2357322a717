import type { EventRow } from "@trofie/commands";
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
import { paintConnection, waitForEnd } from "./connection-lines.ts";
import { withStation, type StationClient } from "./connection.ts";
import { describeJob, describeProgress } from "./job-lines.ts";
import { openScreen, type Screen } from "./screen.ts";

/** `trofie watch`: everything that happens at the station, until Ctrl-C; a lost connection comes back by itself. */
export async function watch(address: string, { json }: { json: boolean }): Promise<void> {
  await withStation(address, (client) => (json ? watchAsJson(client) : watchInWords(client)), {
    events: true,
  });
}

async function watchAsJson(client: StationClient): Promise<void> {
  const say = (message: object): void => console.log(JSON.stringify(message));
  client.listen({
    connectionChanged: (connection) => say({ connection }),
    snapshotReceived: (items, seq) => say({ snapshot: { seq, items } }),
    eventReceived: (event) => say({ event }),
    progressReceived: (progress) => say({ progress }),
  });
  await waitForEnd(client);
}

async function watchInWords(client: StationClient): Promise<void> {
  const screen = openScreen(process.stdout);
  let view = emptyView;
  const show = (next: StationView): void => {
    view = next;
    screen.status(statusLine(view));
  };
  paintConnection(client, screen);
  client.listen({
    snapshotReceived: (items) => {
      show(viewOfSnapshot(items));
      for (const job of view.jobs.values()) if (!job.endedAt) screen.line(describeJob(job));
    },
    eventReceived: (event) => {
      show(withEvent(view, event));
      sayEvent(screen, event);
    },
    progressReceived: (progress) => show(withProgress(view, progress as unknown as Progress)),
  });
  await waitForEnd(client);
}

function sayEvent(screen: Screen, { at, type, body }: EventRow): void {
  const time = at.slice(11, 19);
  if (type.startsWith("job.")) return screen.line(`${time}  ${describeJob(body as Job)}`);
  if (type === "station.started") return screen.line(`${time}  the station has started`);
  screen.line(`${time}  ${(body as Device).path}: ${type.slice("device.".length)}`);
}

function statusLine({ jobs, progress }: StationView): string {
  const running = [...jobs.values()].filter(({ state }) => holdsDevice(state));
  return running
    .map(({ id, path, state }) => {
      const newest = progress.get(id);
      return `${path}  ${newest ? describeProgress(newest) : state}`;
    })
    .join("   |   ");
}

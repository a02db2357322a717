import type { ClientListener, EventRow } from "@trofie/commands";
import {
  emptyView,
  holdsDevice,
  nameOf,
  viewOfSnapshot,
  withEvent,
  withProgress,
  progressOf,
  type Progress,
  type StationView,
} from "@trofie/contract";
import { connectionInWords, waitForEnd } from "./connection-text.ts";
import { withStation } from "./connection.ts";
import { eventText } from "./event-text.ts";
import { jobText, progressText } from "./job-text.ts";
import type { AddCommand, Common } from "./program.ts";
import { openScreen, type Screen } from "./screen.ts";
import { watchJob } from "./watch-job.ts";

/**
 * `trofie watch`: everything that happens at the station, until Ctrl-C; a lost connection comes back by itself. `trofie
 * watch JOB`: one job to its end, as `--wait` does.
 */
export const addWatch: AddCommand = (parent, common) => {
  parent
    .command("watch")
    .description("show everything that happens at the station, until Ctrl-C; or one job, to its end")
    .argument("[job]", "follow this one alone, as --wait does")
    .action((id) => (id === undefined ? watch(common()) : watchJob(id, common())));
};

async function watch({ address, json }: Common): Promise<void> {
  const listener = json ? inJson() : inWords(openScreen(process.stdout), address);
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

function inWords(screen: Screen, address: string): ClientListener {
  const connection = connectionInWords(screen);
  let view = emptyView;
  const show = (next: StationView): void => {
    view = next;
    screen.status(statusLine(view));
  };
  return {
    connectionChanged: (state) => {
      connection.connectionChanged?.(state);
      if (state.kind === "connected" && !state.continues)
        screen.line(`Watching ${state.welcome.station} at ${address}, until Ctrl-C`);
      if (state.kind === "connected") show(view);
    },
    snapshotReceived: (items, seq) => {
      connection.snapshotReceived?.(items, seq);
      show(viewOfSnapshot(items));
      const open = [...view.jobs.values()].filter(({ endedAt }) => endedAt === null);
      for (const job of open) screen.line(jobText(job));
      if (open.length === 0) screen.line("No job is open.");
    },
    eventReceived: (event) => {
      connection.eventReceived?.(event);
      show(withEvent(view, event));
      sayEvent(screen, event);
    },
    progressReceived: (progress) => show(withProgress(view, progress as unknown as Progress)),
  };
}

function sayEvent(screen: Screen, event: EventRow): void {
  screen.line(`${event.at.slice(11, 19)}  ${eventText(event)}`);
}

/** The jobs that may be at work, with how far each one is; that one pauses or stops is said, for it looks like the others. */
export function statusLine(view: StationView): string {
  const running = [...view.jobs.values()].filter(({ state }) => holdsDevice(state));
  return running
    .map((job) => {
      const progress = progressOf(view, job);
      const words = [nameOf(job.path)];
      if (!progress || ["paused", "stopping"].includes(job.state)) words.push(job.state);
      if (progress) words.push(progressText(progress));
      return words.join("  ");
    })
    .join("   |   ");
}

/** A station, made of its parts. Nothing is decided here. */
import { hostname } from "node:os";
import type { GoodbyeReason } from "@trofie/commands";
import type { DiskHost } from "@trofie/disks";
import { startCore } from "./core.ts";
import { openDoors, type Listening } from "./doors.ts";
import { putAsideDamaged, putAsideName } from "./put-aside.ts";
import { reportFolder } from "./report-folder.ts";
import { openSqliteStore } from "./sqlite-store.ts";
import { openStateFolder } from "./state-folder.ts";
import { version } from "./version.ts";
import { realWorld, type World } from "./world.ts";

export interface StationOptions {
  readonly host: DiskHost;
  readonly statePath: string;
  readonly socketPath: string;
  /** The TCP port on loopback; 0: any free one; null: none. */
  readonly port: number | null;
  /** The page's port on loopback; 0: any free one; null: no page. */
  readonly httpPort: number | null;
  /** As of the core. */
  readonly atOncePerBus?: number | null;
  /** Puts a damaged journal aside first. */
  readonly recover?: boolean;
  /** Told of our own mistakes and of what the world did to us; for the log. */
  readonly onError: (error: unknown) => void;
  /** Told what belongs into the log, in a sentence. */
  readonly say?: (sentence: string) => void;
  readonly world?: World;
}

/** The daemon: what goes on by itself (journal, devices, jobs), and the doors through which people come. */
export class Station {
  readonly listening: Listening;
  readonly #goodbye: { reason: GoodbyeReason };
  readonly #parts: AsyncDisposableStack;

  private constructor(listening: Listening, goodbye: { reason: GoodbyeReason }, parts: AsyncDisposableStack) {
    this.listening = listening;
    this.#goodbye = goodbye;
    this.#parts = parts;
  }

  /** Starts a station. Throws a `StartError` that says what stands in the way; nothing is left behind then. */
  static async start({ world = realWorld, ...options }: StationOptions): Promise<Station> {
    await using parts = new AsyncDisposableStack();
    const folder = openStateFolder(options.statePath);
    if (options.recover) putAsideDamaged(folder.journalPath, world);
    const store = openSqliteStore(folder.journalPath, world.random);
    const putAside = putAsideName(folder.journalPath);
    const reports = reportFolder(folder.reportsPath);
    const name = `trofie ${version} on ${hostname()}`;
    const core = await startCore({ ...options, store, reports, name, putAside, world }, parts);
    const listening = await openDoors({ ...options, ...core, folder, world }, parts);
    const goodbye = { reason: "closing" as GoodbyeReason };
    parts.defer(() => core.server.close(goodbye.reason));
    return new Station(listening, goodbye, parts.move());
  }

  /**
   * Says goodbye to clients, stops the running jobs (they become `interrupted`), and closes the journal. A station that
   * is `restarting` tells clients to be back at once.
   */
  async stop(reason: "closing" | "restarting" = "closing"): Promise<void> {
    this.#goodbye.reason = reason;
    await this.#parts.disposeAsync();
  }
}

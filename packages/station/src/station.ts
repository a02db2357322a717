/** A station, made of its parts. Nothing is decided here. */
import type { DiskHost } from "@trofie/disks";
import { startCore } from "./core.ts";
import { openDoors, type Listening } from "./doors.ts";
import { openStateFolder } from "./state-folder.ts";
import { realWorld, type World } from "./world.ts";

export interface StationOptions {
  readonly host: DiskHost;
  readonly statePath: string;
  readonly socketPath: string;
  /** The TCP port on loopback; 0: any free one; null: none. */
  readonly port: number | null;
  /** The page's port on loopback; 0: any free one; null: no page. */
  readonly httpPort: number | null;
  /** Told of our own mistakes and of what the world did to us; for the log. */
  readonly onError: (error: unknown) => void;
  readonly world?: World;
}

/** The daemon: what goes on by itself (journal, devices, jobs), and the doors through which people come. */
export class Station {
  readonly listening: Listening;
  readonly #parts: AsyncDisposableStack;

  private constructor(listening: Listening, parts: AsyncDisposableStack) {
    this.listening = listening;
    this.#parts = parts;
  }

  /** Starts a station. Throws a `StartError` that says what stands in the way; nothing is left behind then. */
  static async start({ world = realWorld, ...options }: StationOptions): Promise<Station> {
    await using parts = new AsyncDisposableStack();
    const folder = openStateFolder(options.statePath);
    const core = await startCore({ ...options, folder, world }, parts);
    const listening = await openDoors({ ...options, ...core, folder, world }, parts);
    return new Station(listening, parts.move());
  }

  /** Says goodbye to clients, stops the running jobs (they become `interrupted`), and closes the journal. */
  async stop(): Promise<void> {
    await this.#parts.disposeAsync();
  }
}

/** What a bench of the station needs: a folder for its state, the compiled station in it, and a client. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, type Connect } from "@trofie/commands";
import { stationContract } from "@trofie/contract";
import { systemClock, systemRandom } from "@trofie/reactor";
import { root } from "../lines/folders.ts";

/** A folder where a station may live, one after the other. */
export class StationPlace implements Disposable {
  readonly socket: string;
  readonly #folder = mkdtempSync(join(tmpdir(), "trofie-bench-"));

  constructor() {
    this.socket = join(this.#folder, "station.sock");
    mkdirSync(join(this.#folder, "practice"));
  }

  /** Returns when it says where it listens. */
  async start(): Promise<ChildProcess> {
    const program = join(root, "packages/station/dist/main.js");
    const state = join(this.#folder, "state");
    const practice = join(this.#folder, "practice");
    const where = ["--state", state, "--socket", this.socket, "--practice", practice];
    const station = spawn(process.execPath, [program, ...where, "--json"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(station.stdout, "data");
    return station;
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true });
  }
}

export function clientOf(connect: Connect): Client<typeof stationContract> {
  const own = { clock: systemClock, random: systemRandom, agent: "bench" };
  return new Client({ contract: stationContract, connect, ...own });
}

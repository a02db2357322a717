/** A real station, as its own program, in a folder of its own; and the terminal's program beside it. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const source = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const node = [process.execPath, "--conditions=trofie-source"] as const;

export interface Listening {
  readonly socket: string;
  readonly tcp: string;
  readonly page: string;
  readonly tokenPath: string;
  readonly reportsPath: string;
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder for one story: state, socket and practice disks. Stations in it may come and go. */
export class Workplace implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), "trofie-test-"));
  readonly practice = join(this.folder, "practice");
  readonly socket = join(this.folder, "run/station.sock");
  readonly state = join(this.folder, "state");
  readonly #processes = new Set<ChildProcess>();

  constructor() {
    mkdirSync(this.practice);
  }

  /** Makes a practice disk with every byte 0xBE. */
  practiceDisk(name: string, sizeBytes: number): string {
    const path = join(this.practice, name);
    writeFileSync(path, Buffer.alloc(sizeBytes, 0xbe));
    return path;
  }

  /** Starts a station with both ports open, and waits until it says where it listens. */
  async start(...more: string[]): Promise<{ station: ChildProcess; listening: Listening }> {
    const station = this.spawnStation("--port", "0", "--http", "0", "--json", ...more);
    const [line] = (await Promise.race([
      once(createInterface({ input: station.stdout! }), "line"),
      once(station, "exit").then(([code]) => Promise.reject(new Error(`the station ended with ${code}`))),
    ])) as [string];
    return { station, listening: JSON.parse(line) as Listening };
  }

  spawnStation(...more: string[]): ChildProcess {
    const args = ["--state", this.state, "--socket", this.socket, "--practice", this.practice, ...more];
    return this.#spawn(source("packages/station/src/main.ts"), args);
  }

  /** Runs a station that is expected to end by itself. */
  stationEnds(...more: string[]): Promise<Ended> {
    return endOf(this.spawnStation(...more));
  }

  /** The same as a user who owns nothing; only for root, and without the practice folder, which is closed to others. */
  stationOfNobodyEnds(...args: string[]): Promise<Ended> {
    const nobody = { uid: 65_534, gid: 65_534 };
    return endOf(this.#spawn(source("packages/station/src/main.ts"), args, {}, nobody));
  }

  /** Starts the terminal's program, talking to the station here. */
  spawnTrofie(args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
    const station = { TROFIE_STATION: `unix:${this.socket}` };
    return this.#spawn(source("packages/cli/src/main.ts"), args, { ...station, ...env });
  }

  /** The same on a terminal of its own, 80 columns wide, made by util-linux's `script`. */
  spawnOnTerminal(args: readonly string[]): ChildProcess {
    const program = [...node, source("packages/cli/src/main.ts"), ...args].join(" ");
    const command = `stty cols 80 rows 24; exec ${program}`;
    const child = spawn("script", ["--quiet", "--return", "--command", command, "/dev/null"], {
      env: { ...process.env, NO_COLOR: "1", TROFIE_STATION: `unix:${this.socket}` },
    });
    this.#processes.add(child);
    return child;
  }

  trofie(...args: string[]): Promise<Ended> {
    return endOf(this.spawnTrofie(args));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#processes) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill("SIGTERM");
      await once(child, "exit");
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  #spawn(
    program: string,
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    user: { readonly uid?: number; readonly gid?: number } = {},
  ): ChildProcess {
    const [executable, ...flags] = node;
    const child = spawn(executable, [...flags, program, ...args], {
      ...user,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, NO_COLOR: "1", ...env },
    });
    this.#processes.add(child);
    return child;
  }
}

export async function endOf(child: ChildProcess): Promise<Ended> {
  const output = { stdout: "", stderr: "" };
  child.stdout!.on("data", (data: Buffer) => (output.stdout += data.toString()));
  child.stderr!.on("data", (data: Buffer) => (output.stderr += data.toString()));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, ...output };
}

/** The lines of JSON that a program writes, one by one, as they come. */
export async function* jsonLines(child: ChildProcess): AsyncGenerator<Record<string, unknown>> {
  for await (const line of createInterface({ input: child.stdout! }))
    yield JSON.parse(line) as Record<string, unknown>;
}

/** A real station, as its own program, in a folder of its own; and the terminal's program beside it. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Job } from "@trofie/contract";

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

/** A folder for one story: state, socket, practice disks and images. Stations in it may come and go. */
export class Workplace implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), "trofie-test-"));
  readonly practice = join(this.folder, "practice");
  readonly images = join(this.folder, "images");
  readonly socket = join(this.folder, "run/station.sock");
  readonly state = join(this.folder, "state");
  readonly #processes = new Set<ChildProcess>();

  readonly #hasImages: boolean;

  constructor({ hasImages = true } = {}) {
    this.#hasImages = hasImages;
    mkdirSync(this.practice);
    mkdirSync(this.images);
  }

  /** Makes a practice disk with every byte 0xBE. */
  practiceDisk(name: string, sizeBytes: number): string {
    const path = join(this.practice, name);
    writeFileSync(path, Buffer.alloc(sizeBytes, 0xbe));
    return path;
  }

  /** Makes a practice disk that reads as zeros and takes no room before it is written. */
  sparseDisk(name: string, sizeBytes: number): string {
    const path = join(this.practice, name);
    writeFileSync(path, "");
    truncateSync(path, sizeBytes);
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
    const places = ["--state", this.state, "--socket", this.socket];
    const images = this.#hasImages ? ["--images", this.images] : [];
    const folders = ["--practice", this.practice, ...images];
    return this.#spawn(source("packages/station/src/main.ts"), [...places, ...folders, ...more]);
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

  /** Starts the terminal's program in the folder here, talking to the station here. */
  spawnTrofie(args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
    const station = { TROFIE_STATION: `unix:${this.socket}`, TROFIE_STATE: this.state };
    return this.#spawn(
      source("packages/cli/src/main.ts"),
      args,
      { ...station, ...env },
      { cwd: this.folder },
    );
  }

  /** The same on a terminal of its own, 80 columns wide, made by util-linux's `script`. */
  spawnOnTerminal(args: readonly string[]): ChildProcess {
    const program = [...node, source("packages/cli/src/main.ts"), ...args].join(" ");
    const command = `stty cols 80 rows 24; exec ${program}`;
    const child = spawn("script", ["--quiet", "--return", "--command", command, "/dev/null"], {
      env: {
        ...process.env,
        NO_COLOR: "1",
        TROFIE_STATION: `unix:${this.socket}`,
        TROFIE_STATE: this.state,
      },
    });
    this.#processes.add(child);
    return child;
  }

  trofie(...args: string[]): Promise<Ended> {
    return endOf(this.spawnTrofie(args));
  }

  /** Has a piece of work started and not waited for; returns its job. */
  async startWork(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.trofie(...args, "--json");
    if (code !== 0) throw new Error(`trofie ${args.join(" ")} ended with ${code}: ${stderr}`);
    return (JSON.parse(stdout.trim().split("\n").at(-1)!) as { job: string }).job;
  }

  /** Has it done to its end; returns the job as it then stands, whatever came of it. */
  async doWork(...args: string[]): Promise<Job> {
    const { stdout, stderr } = await this.trofie(...args, "--wait", "--json");
    const { result } = JSON.parse(stdout.trim().split("\n").at(-1) ?? "{}") as { result?: Job };
    if (result === undefined) throw new Error(`trofie ${args.join(" ")} came to no end: ${stdout}${stderr}`);
    return result;
  }

  async job(id: string): Promise<Job> {
    const { stdout } = await this.trofie("job", id, "--json");
    return (JSON.parse(stdout) as { job: Job }).job;
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
    more: { readonly uid?: number; readonly gid?: number; readonly cwd?: string } = {},
  ): ChildProcess {
    const [executable, ...flags] = node;
    const child = spawn(executable, [...flags, program, ...args], {
      ...more,
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

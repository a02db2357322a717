import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { makeWorkFolder } from "../work-folder.ts";
import { stationProgram } from "./our-programs.ts";
import { RemoteControl } from "./remote-control.ts";

/** Our station as a program of this machine, which can be killed and started again; its client comes back by itself. */
export class HostStation implements AsyncDisposable {
  readonly control: RemoteControl;
  readonly #folder: string;
  #process: ChildProcess;

  private constructor(folder: string, process: ChildProcess) {
    this.#folder = folder;
    this.#process = process;
    this.control = new RemoteControl(`unix:${socketIn(folder)}`);
  }

  static async start(): Promise<HostStation> {
    const folder = await makeWorkFolder();
    await mkdir(join(folder, "state"));
    return new HostStation(folder, await begin(folder));
  }

  /** Of the job that is at work; null when there is none. */
  async jobProcess(): Promise<number | null> {
    const { pid } = this.#process;
    const children = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8").catch(() => "");
    for (const child of children.split(" ").filter(Boolean)) {
      const command = await readFile(`/proc/${child}/cmdline`, "utf8").catch(() => "");
      if (command.includes("job-process")) return Number(child);
    }
    return null;
  }

  async kill(): Promise<void> {
    const exited = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    await exited;
  }

  async restart(): Promise<void> {
    this.#process = await begin(this.#folder);
    this.control.client.retryNow();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.control[Symbol.asyncDispose]();
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const exited = once(this.#process, "exit");
      this.#process.kill("SIGTERM");
      await exited;
    }
    await rm(this.#folder, { recursive: true, force: true });
  }
}

function socketIn(folder: string): string {
  return join(folder, "station.sock");
}

/** Resolves when it says where it listens. */
async function begin(folder: string): Promise<ChildProcess> {
  const args = [stationProgram, "--state", join(folder, "state"), "--socket", socketIn(folder)];
  const station = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"], cwd: "/" });
  const exited = once(station, "exit").then(([code, signal]) => {
    throw new Error(`The station ended with ${String(code ?? signal)}`);
  });
  exited.catch(() => {}); // it is to be killed later
  await Promise.race([once(createInterface({ input: station.stdout }), "line"), exited]);
  return station;
}

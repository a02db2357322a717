import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, readFile, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { runProgram } from "../run-program.ts";
import { until } from "../until.ts";

/** A disk served over NBD, shown as a file: the only kind of thing that a loop device can be attached to. */
export class FuseFile {
  readonly path: string;
  readonly pid: number;
  readonly #folder: string;
  readonly #nbdfuse: ChildProcess;

  private constructor(folder: string, nbdfuse: ChildProcess) {
    this.#folder = folder;
    this.#nbdfuse = nbdfuse;
    this.path = join(folder, "disk");
    this.pid = nbdfuse.pid ?? 0;
  }

  static async mount(folder: string, nbdSocketPath: string): Promise<FuseFile> {
    await mkdir(folder);
    const address = `nbd+unix:///?socket=${nbdSocketPath}`;
    const nbdfuse = spawn("nbdfuse", [join(folder, "disk"), address], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    let complaint = "";
    nbdfuse.on("error", (error) => (complaint = error.message));
    nbdfuse.stderr?.on("data", (text: Buffer) => (complaint += text.toString()));
    const file = new FuseFile(folder, nbdfuse);
    await until(`nbdfuse shows ${file.path}`, () => {
      if (complaint) throw new Error(`Cannot show the disk as a file: ${complaint.trim()}`);
      return existsSync(file.path);
    });
    return file;
  }

  /** Lazily, so that it ends even while the kernel still holds the file; then waits for nbdfuse to go. */
  async unmount(): Promise<void> {
    if (await this.isMounted()) await runProgram("umount", "--lazy", this.#folder);
    if (!hasEnded(this.#nbdfuse)) {
      this.#nbdfuse.kill("SIGTERM");
      await once(this.#nbdfuse, "exit");
    }
    await rmdir(this.#folder);
  }

  async isMounted(): Promise<boolean> {
    return (await readFile("/proc/self/mountinfo", "utf8")).includes(` ${this.#folder} `);
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

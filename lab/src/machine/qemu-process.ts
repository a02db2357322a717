import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";

/** QEMU itself. */
export class QemuProcess {
  readonly pid: number;
  /** Resolves when it is gone, however it went. */
  readonly gone: Promise<unknown>;
  readonly #child: ChildProcess;
  #complaints = "";

  constructor(args: readonly string[]) {
    // The kernel ends it when this process dies, even by SIGKILL: nobody else would.
    this.#child = spawn("setpriv", ["--pdeathsig", "KILL", "qemu-system-x86_64", ...args], {
      stdio: ["ignore", "ignore", "pipe"],
      // Ctrl-C in a terminal is for the one who started the machine, not for the machine.
      detached: true,
    });
    this.pid = this.#child.pid ?? 0;
    this.gone = once(this.#child, "close");
    this.#child.on("error", (error) => (this.#complaints += error.message));
    this.#child.stderr!.on("data", (text: Buffer) => (this.#complaints += text.toString()));
  }

  get complaints(): string {
    return this.#complaints.trim();
  }

  get isRunning(): boolean {
    return this.pid !== 0 && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  async kill(): Promise<void> {
    if (this.isRunning) this.#child.kill("SIGKILL");
    await this.gone;
  }
}

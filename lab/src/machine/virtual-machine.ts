import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import type { FirmwareDrive } from "../drives/firmware-drive.ts";
import { assertPrepared } from "../setup/prepare-machine.ts";
import { makeWorkFolder } from "../work-folder.ts";
import { DiskBay } from "./disk-bay.ts";
import { GuestAgent, type Ran } from "./guest-agent.ts";
import type { GuestDisk } from "./guest-disk.ts";
import { forwardPort } from "./guest-port.ts";
import { qemuArguments, socketPaths, type QemuOptions } from "./qemu-command.ts";
import { QemuMonitor } from "./qemu-monitor.ts";
import { QemuProcess } from "./qemu-process.ts";

export interface MachineOptions {
  /** There when the power comes. */
  readonly disks?: readonly GuestDisk[];
  /** Attached when the guest is up. */
  readonly drives?: readonly FirmwareDrive[];
  readonly memoryMiB?: number;
  readonly modules?: QemuOptions["modules"];
  readonly network?: QemuOptions["network"];
  /** From power on to the guest's first word: 3 seconds, but 35 have been seen on a busy host. */
  readonly bootLimitMs?: number;
}

/** Where the guest finds this machine's loopback. */
const hostAddress = "10.0.2.2";

export interface RunOptions {
  /** The script is stopped then, and ends with exit code 143. */
  readonly limitSeconds?: number;
}

/**
 * A machine of its own, with disks on every bus: Debian's kernel under QEMU, and this machine's programs as its user
 * space. They are read-only; what the guest writes is gone with the guest.
 *
 *     await using machine = await VirtualMachine.start({ disks: [{ bus: "nvme", serial: "N1", source: disk }] });
 *     const name = await machine.blockDevice("N1");
 *     const { exitCode, stdout } = await machine.run(`nvme format /dev/${name} --ses=1 --force`);
 */
export class VirtualMachine implements AsyncDisposable {
  readonly #folder: string;
  readonly #bay: DiskBay;
  readonly #qemu: QemuProcess;
  #monitor: QemuMonitor | null = null;
  #agent: GuestAgent | null = null;
  #lastRelayPort = 20_000;

  private constructor(folder: string, bay: DiskBay, qemu: QemuProcess) {
    this.#folder = folder;
    this.#bay = bay;
    this.#qemu = qemu;
    void qemu.gone.then(() => this.#loseTouch());
  }

  /** Resolves when the guest takes commands. Disks may appear a moment later: wait for them with `blockDevice`. */
  static async start(options: MachineOptions = {}): Promise<VirtualMachine> {
    assertPrepared();
    const folder = await makeWorkFolder();
    const bay = new DiskBay(folder);
    const args = qemuArguments(qemuOptions(folder, options));
    for (const disk of options.disks ?? []) args.push(...(await bay.coldPlug(disk)));
    const machine = new VirtualMachine(folder, bay, new QemuProcess(args));
    try {
      await machine.#boot(options.bootLimitMs ?? 120_000);
      for (const drive of options.drives ?? []) await machine.attach(drive);
      return machine;
    } catch (error) {
      await machine.cutPower();
      throw error;
    }
  }

  /** Of QEMU, for whoever wants to see it in `ps`. */
  get pid(): number {
    return this.#qemu.pid;
  }

  /** What the guest's kernel has printed. */
  get console(): string {
    return readFileSync(socketPaths(this.#folder).console, "utf8");
  }

  /** Runs a shell script in the guest, after those that were asked for before. */
  run(script: string, { limitSeconds = 60 }: RunOptions = {}): Promise<Ran> {
    return this.#reachable(this.#agent).run(script, { limitSeconds, order: "queue" });
  }

  /** Runs a shell script beside all others; the promise is for its end. */
  begin(script: string, { limitSeconds = 600 }: RunOptions = {}): Promise<Ran> {
    return this.#reachable(this.#agent).run(script, { limitSeconds, order: "beside" });
  }

  /** The output of a script that must succeed. */
  sh(script: string, options: RunOptions = {}): Promise<string> {
    return this.#succeed(script, this.run(script, options));
  }

  /** Waits for the disk with this serial number; gives the kernel's name for it, `sda` or `nvme0n1`. */
  async blockDevice(serial: string): Promise<string> {
    const { exitCode, stdout } = await this.begin(`find-disk ${serial}`, { limitSeconds: 120 });
    if (exitCode === 0) return stdout.trim();
    throw new Error(`No disk ${serial} appeared in the guest\n${this.console.slice(-2000)}`);
  }

  /** The disk is put in while the machine runs. Not on SATA, whose ports QEMU does not let change. */
  plug(disk: GuestDisk): Promise<void> {
    return this.#bay.plug(disk, this.#reachable(this.#monitor));
  }

  /** The disk is pulled out, whatever is being done with it. Resolves when the guest has noticed. */
  pull(serial: string): Promise<void> {
    return this.#bay.pull(serial, this.#reachable(this.#monitor));
  }

  /** Turns a firmware drive on and connects to it; gives the kernel's name for it. The network must be open. */
  async attach(drive: FirmwareDrive): Promise<string> {
    const port = await drive.powerOn();
    await this.sh(drive.attachment.script(hostAddress, port));
    return this.blockDevice(drive.serial);
  }

  /** The guest is told to let go of a drive, which stays on. */
  async detach(drive: FirmwareDrive): Promise<void> {
    await this.sh(drive.attachment.leave(await this.blockDevice(drive.serial)));
  }

  /**
   * Waits until a program in the guest listens on a TCP port, be it on loopback only; gives a port of this machine's
   * loopback that leads there.
   */
  forward(guestPort: number): Promise<number> {
    const run = (script: string) => this.#succeed(script, this.begin(script, { limitSeconds: 120 }));
    return forwardPort(guestPort, ++this.#lastRelayPort, { run, monitor: this.#reachable(this.#monitor) });
  }

  /** The plug is pulled: nothing is written back, by nobody. What a disk had in its volatile cache is for the test. */
  async cutPower(): Promise<void> {
    await this.#qemu.kill();
    await this.#clear();
  }

  /** Asks the guest to write back what it has in memory, then turns it off. */
  async stop(): Promise<void> {
    if (this.#qemu.isRunning) await this.begin("sync", { limitSeconds: 20 }).catch(() => {});
    await this.cutPower();
  }

  /** As `cutPower`: a scenario that failed must not wait for a disk that hangs. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.cutPower();
  }

  async #boot(limitMs: number): Promise<void> {
    const paths = socketPaths(this.#folder);
    const giveUp = () => this.#failWhenGone();
    const tooLate = setTimeout(() => void this.#qemu.kill(), limitMs);
    try {
      this.#monitor = await QemuMonitor.connect(paths.monitor, giveUp);
      this.#agent = await GuestAgent.connect(paths.agent, giveUp);
      await this.#agent.up();
    } finally {
      clearTimeout(tooLate);
    }
  }

  async #succeed(script: string, running: Promise<Ran>): Promise<string> {
    const { exitCode, stdout, stderr } = await running;
    if (exitCode !== 0) throw new Error(`In the guest, exit code ${exitCode}: ${script}\n${stdout}${stderr}`);
    return stdout.trim();
  }

  #failWhenGone(): void {
    if (!this.#qemu.isRunning) throw this.#goneError();
  }

  #goneError(): Error {
    return new Error(`The machine is gone${this.#qemu.complaints && `: ${this.#qemu.complaints}`}`);
  }

  #loseTouch(): void {
    this.#monitor?.close(this.#goneError());
    this.#agent?.close(this.#goneError());
  }

  #reachable<Part>(part: Part | null): Part {
    this.#failWhenGone();
    if (!part) throw new Error("The machine has not started");
    return part;
  }

  async #clear(): Promise<void> {
    await this.#bay[Symbol.asyncDispose]();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** What drives need is added: the modules of their protocols, and a network that leads to them. */
function qemuOptions(folder: string, { memoryMiB = 1024, ...options }: MachineOptions): QemuOptions {
  const drives = options.drives ?? [];
  const ofDrives = drives.flatMap(({ attachment }) => attachment.modules);
  const modules = [...new Set([...(options.modules ?? []), ...ofDrives])];
  return { folder, memoryMiB, modules, network: options.network ?? (drives.length > 0 ? "open" : "closed") };
}

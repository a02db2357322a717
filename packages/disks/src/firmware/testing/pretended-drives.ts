/**
 * Drives in memory that answer the trade's tools as real ones do, for the passes that need a disk which changes: every
 * answer is a recorded one, with the lines about the drive's state put in.
 */
import type { Executed, Machine } from "../../machine/machine.ts";
import { memoryMachine, type Tree } from "../../testing/memory-machine.ts";
import { MemoryDisk, systemError, type Faults } from "../../testing/memory-disk.ts";
import { diskInSysfs, systemOn } from "../../testing/sysfs.ts";
import { recorded } from "./recorded.ts";

export const driveBytes = 4 * 1024 * 1024;

/** What can be wrong with a drive. */
export interface Ailments {
  /** Aborts the erase. */
  refuses?: boolean;
  /** Says that it has erased, and has not. */
  lies?: boolean;
  /** Fails in the middle. */
  fails?: boolean;
  /** Its tools get no answer. */
  isSilent?: boolean;
  /** What its content becomes; zeros where it is not said. */
  leaves?: number;
}

export abstract class PretendedDrive {
  readonly ailments: Ailments;
  readonly disk: MemoryDisk;
  readonly faults: Faults = {};
  /** Every command line that it was given, without the path. */
  readonly said: string[] = [];
  readonly path: string;
  readonly tree: Tree;
  /** Called before each tool runs. */
  onTool: (line: string) => void = () => {};

  constructor(name: string, folder: string, ailments: Ailments, files: Record<string, string>) {
    this.ailments = ailments;
    this.disk = new MemoryDisk({ sizeBytes: driveBytes, hasCache: false, faults: this.faults });
    const { bytes } = this.disk;
    for (let i = 0; i < bytes.length; i++) bytes[i] = Math.imul(i, 2654435761) >>> 24;
    this.path = `/dev/${name}`;
    this.tree = {
      ...systemOn("254:1"),
      ...diskInSysfs({ folder, number: "8:16", sizeBytes: driveBytes, files }),
    };
  }

  machine(others: Tree = {}): Machine {
    return {
      ...memoryMachine({ ...this.tree, ...others }),
      execute: async (program, args) => {
        const line = [program, ...args.slice(0, -1)].join(" ");
        this.said.push(line);
        this.onTool(line);
        if (this.ailments.isSilent) return { exitCode: null, stdout: "", stderr: "" };
        return this.answer(program, args.slice(0, -1));
      },
      open: async (path) => {
        throw systemError(`EBUSY ${path}`);
      },
    };
  }

  /** Time that passes for a drive that works by itself. */
  abstract work(): void;

  protected abstract answer(program: string, args: readonly string[]): Executed;

  protected wipe(): void {
    if (this.ailments.lies !== true) this.disk.bytes.fill(this.ailments.leaves ?? 0);
  }

  /** The commands that write, of all it was given. */
  get given(): string[] {
    return this.said.filter((line) =>
      /^sg_sanitize|nvme (sanitize|format) |--security-erase|--sanitize-[bco]/.test(line),
    );
  }
}

export class PretendedAta extends PretendedDrive {
  password: string | null = null;
  isLocked = false;
  isFrozen = false;
  #progress: number | null = null;
  #lastSanitize: "none" | "done" | "failed" = "none";

  constructor(ailments: Ailments = {}) {
    const folder = "pci0000:00/0000:00:17.0/ata2/host2/target2:0:0/2:0:0:0/block/sdb";
    const page80 = `\u0000\uFFFD\u0000\u0014${"NODE-ATA-1".padEnd(20)}`;
    super("sdb", folder, ailments, {
      "device/vpd_pg80": page80,
      "device/vendor": "ATA",
      "queue/rotational": "1",
    });
  }

  /** As after a loss of power. */
  cutPower(): void {
    this.isLocked = this.password !== null;
    if (this.isLocked) this.faults.before = () => Promise.reject(systemError("EIO"));
  }

  work(): void {
    if (this.#progress === null) return;
    this.#progress += 0x4000;
    if (this.#progress < 0x10000) return;
    this.#progress = null;
    this.#lastSanitize = this.ailments.fails ? "failed" : "done";
    if (!this.ailments.fails) this.wipe();
  }

  protected answer(_program: string, args: readonly string[]): Executed {
    const line = args.join(" ");
    if (line === "-I") return this.#identity();
    if (line === "--sanitize-status") return this.#sanitizeStatus();
    if (line.includes("--sanitize-")) return this.#sanitize();
    return this.#security(args[2] ?? "", args[3] ?? "");
  }

  #identity(): Executed {
    const said = recorded("identify-ata");
    const bits = { enabled: this.password !== null, locked: this.isLocked, frozen: this.isFrozen };
    let { stdout } = said;
    for (const [name, isSet] of Object.entries(bits)) {
      if (isSet) stdout = stdout.replace(`\tnot\t${name}\n`, `\t\t${name}\n`);
    }
    return { ...said, stdout };
  }

  #sanitize(): Executed {
    if (this.ailments.refuses) return recorded("security-erase-aborted");
    this.#progress = 0;
    return recorded("ata-sanitize-taken");
  }

  #sanitizeStatus(): Executed {
    if (this.#progress !== null) {
      const said = recorded("sanitize-status-running");
      const hex = this.#progress.toString(16);
      return { ...said, stdout: said.stdout.replace(/0x[0-9a-f]+ \(\d+%\)/, `0x${hex} (0%)`) };
    }
    if (this.#lastSanitize === "failed") return recorded("sanitize-status-failed-fixed");
    return recorded(this.#lastSanitize === "done" ? "sanitize-status-done" : "sanitize-status-never");
  }

  #security(option: string, password: string): Executed {
    if (this.isFrozen) return recorded("security-set-pass-frozen");
    if (option === "--security-set-pass") {
      this.password = password;
      return recorded("security-set-pass-taken");
    }
    if (password !== this.password) return recorded("security-unlock-wrong");
    if (option.startsWith("--security-erase")) return this.#erase();
    this.password = null;
    this.isLocked = false;
    delete this.faults.before;
    return recorded("security-set-pass-taken");
  }

  #erase(): Executed {
    if (this.ailments.refuses) return recorded("security-erase-aborted");
    this.wipe();
    this.password = null;
    return recorded("security-erase-done");
  }
}

export class PretendedNvme extends PretendedDrive {
  /** A file of the kernel's, or the part of the log that the drive has of its last sanitize. */
  log: { code: number; action: number; progress: number } = { code: 0, action: 0, progress: 65535 };

  constructor(ailments: Ailments = {}) {
    super("nvme1n1", "pci0000:00/0000:00:06.0/nvme/nvme1/nvme1n1", ailments, {
      "device/serial": "NODE-NVME-1",
      "device/subsysnqn": "nqn.2026-01.test:one",
      nsid: "1",
    });
  }

  work(): void {
    if (this.log.code !== 2) return;
    const progress = this.log.progress + 16384;
    if (progress < 65536) {
      this.log = { ...this.log, progress };
      return;
    }
    this.log = { ...this.log, code: this.ailments.fails ? 3 : 1, progress: 65535 };
    if (!this.ailments.fails) this.wipe();
  }

  protected answer(_program: string, [command, ...options]: readonly string[]): Executed {
    if (command === "id-ctrl" || command === "id-ns") return recorded(command);
    if (command === "sanitize-log") return this.#sanitizeLog();
    if (this.ailments.refuses) return recorded("nvme-sanitize-unknown");
    if (command === "format") {
      this.wipe();
      return recorded("nvme-format-done");
    }
    const action = Number(options[0]?.split("=")[1]);
    this.log = { code: 2, action, progress: 0 };
    return recorded("nvme-sanitize-taken");
  }

  #sanitizeLog(): Executed {
    const { code, action, progress } = this.log;
    const names = ["never", "done", "running", "failed"];
    const said = recorded(`sanitize-log-${names[code]}`);
    const stdout = said.stdout
      .replace(/"sprog":\d+/, `"sprog":${progress}`)
      .replace(/"cdw10_info":\d+/, `"cdw10_info":${action}`);
    return { ...said, stdout };
  }
}

export class PretendedScsi extends PretendedDrive {
  #state: "ready" | "running" | "failed" = "ready";
  #ticks = 0;

  constructor(ailments: Ailments = {}) {
    const folder = "pci0000:00/0000:01:00.0/host0/port-0:0/end_device-0:0/target0:0:0/0:0:0:0/block/sdb";
    super("sdb", folder, ailments, { "device/vendor": "SEAGATE", "queue/rotational": "1" });
  }

  work(): void {
    if (this.#state !== "running" || ++this.#ticks < 4) return;
    this.#state = this.ailments.fails ? "failed" : "ready";
    if (!this.ailments.fails) this.wipe();
  }

  protected answer(program: string): Executed {
    if (program === "sg_opcodes") return recorded("opcodes-supported");
    if (program === "sg_requests")
      return recorded(`requests-${this.#state === "running" ? "running" : "nothing"}`);
    if (program === "sg_turs") return recorded(`turs-${this.#state}`);
    if (this.ailments.refuses) return recorded("sg-sanitize-refused");
    this.#state = "running";
    return recorded("sg-sanitize-taken");
  }
}

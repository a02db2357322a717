/** The machine that a station and its jobs run on: its disks under their names of this boot, seen through the real discovery. */
import type { Content } from "@trofie/contract";
import { discoverWithoutContents, type Found } from "../../packages/disks/src/discovery/discover.ts";
import type { Places } from "../../packages/disks/src/discovery/surroundings.ts";
import type { FileStat, Machine } from "../../packages/disks/src/machine/machine.ts";
import { sataDisk } from "../../packages/disks/src/testing/disks-in-sysfs.ts";
import { systemError } from "../../packages/disks/src/testing/memory-disk.ts";
import { memoryMachine, type Tree } from "../../packages/disks/src/testing/memory-machine.ts";
import { systemOn } from "../../packages/disks/src/testing/sysfs.ts";
import type { Chance } from "./chance.ts";
import { Killed, type Life } from "./life.ts";
import { sectorBytes, type DiskHandle, type SimDisk } from "./sim-disk.ts";

export const nowhere: Places = { practiceFolder: null, imagesFolder: null, needed: [] };
const names = ["sdb", "sdc", "sdd", "sde"];

export class SimMachine {
  readonly disks: readonly SimDisk[];
  /** Told when a disk has come or gone. */
  onChange: () => void = () => {};
  bootId = "boot-1";
  /** Processes that are there, by pid. */
  readonly processes = new Map<number, { readonly startTicks: string; readonly isThere: () => boolean }>();
  /** What is seen until something changes. */
  #now: Seen | null = null;
  #boots = 1;
  #diskseq = 0;
  #pid = 1000;
  readonly #chance: Chance;

  constructor(disks: readonly SimDisk[], chance: Chance) {
    this.disks = disks;
    this.#chance = chance;
    if (seenMachines.size > 400) seenMachines.clear();
    for (const disk of disks) this.attach(disk);
  }

  /** Under whatever name is free. */
  attach(disk: SimDisk, isRenamed = false): void {
    const free = names.filter((name) => !this.disks.some((other) => other.name === name));
    disk.attach(isRenamed ? this.#chance.pick(free) : free[0]!, ++this.#diskseq);
    this.#changed();
  }

  pull(disk: SimDisk): void {
    disk.pull(this.#chance.pick(["ENODEV", "EIO", "end of file"]));
    this.#changed();
  }

  /** Its processes must be dead. Names are given anew. */
  powerCut(isRenamed: boolean): void {
    this.bootId = `boot-${++this.#boots}`;
    this.#diskseq = 0;
    this.processes.clear();
    const attached = this.disks.filter((disk) => disk.isAttached);
    for (const disk of this.disks) disk.powerCut();
    for (const disk of attached) disk.name = null;
    this.#now = null;
    for (const disk of attached) this.attach(disk, isRenamed);
    this.#seen();
  }

  nextPid(): number {
    return ++this.#pid;
  }

  found(): Promise<readonly Found[]> {
    return this.#seen().found;
  }

  /** As a job's process sees it. */
  of(life: Life): Machine {
    const seen = (): Machine => {
      if (!life.isAlive) throw new Killed("the process is dead");
      return this.#seen().machine;
    };
    const none = async (): Promise<null> => null;
    return {
      readText: async (path) => seen().readText(path),
      list: async (folder) => seen().list(folder),
      resolve: async (path) => seen().resolve(path),
      readLink: async (path) => seen().readLink(path),
      stat: async (path) => seen().stat(path),
      mayWrite: async () => true,
      run: none,
      execute: none,
      open: async (path) => this.#open(life, path, true),
      openToRead: async (path) => this.#open(life, path, false),
    };
  }

  /** As the station sees it, which opens nothing. */
  get machine(): Machine {
    return this.#seen().machine;
  }

  holdsOf(path: string): Content[] {
    return this.#at(path)?.holds ?? [];
  }

  /** It is looked at at once, so that whoever asks finds an answer that is there, the first time as every other. */
  #changed(): void {
    this.#now = null;
    this.#seen();
    this.onChange();
  }

  #at(path: string): SimDisk | undefined {
    return this.disks.find(({ name }) => name !== null && `/dev/${name}` === path);
  }

  #open(life: Life, path: string, isExclusive: boolean): DiskHandle {
    if (!life.edge("open")) throw new Killed("the process is dead");
    const disk = this.#at(path);
    if (disk === undefined) throw systemError("ENOENT");
    const file: FileStat = {
      kind: "block",
      number: numberOf(disk.name!),
      onDevice: "0:5",
      inode: "1",
      links: 1,
      sizeBytes: 0,
      modified: "0",
    };
    return disk.open(life, file, isExclusive);
  }

  /** What is read of a machine depends on this text alone, so what was read of one like it is read again. */
  #seen(): Seen {
    return (this.#now ??= this.#look());
  }

  #look(): Seen {
    const attached = this.disks.filter((disk) => disk.isAttached);
    const key = `${this.bootId} ${attached.map((d) => `${d.serial} ${d.name} ${d.diskseq} ${d.sizeBytes}`).join(", ")}`;
    let seen = seenMachines.get(key);
    if (seen === undefined) {
      const machine = remembering(memoryMachine(treeOf(this.bootId, attached)));
      seen = { machine, found: discoverWithoutContents(machine, nowhere) };
      seenMachines.set(key, seen);
    }
    return seen;
  }
}

interface Seen {
  readonly machine: Machine;
  readonly found: Promise<readonly Found[]>;
}

const seenMachines = new Map<string, Seen>();

function treeOf(bootId: string, disks: readonly SimDisk[]): Tree {
  return Object.assign(
    { ...systemOn("8:1"), "/proc/sys/kernel/random/boot_id": bootId },
    ...disks.map((disk) =>
      sataDisk(Number(disk.serial.slice(-1)) + 1, {
        name: disk.name!,
        number: numberOf(disk.name!),
        sizeBytes: disk.sizeBytes,
        serial: disk.serial,
        wwn: `naa.5000000000000${disk.serial.slice(-3)}`,
        rotational: true,
        files: { diskseq: String(disk.diskseq), "queue/physical_block_size": String(sectorBytes) },
      }),
    ),
  ) as Tree;
}

function numberOf(name: string): string {
  return `8:${16 * (name.charCodeAt(2) - "a".charCodeAt(0))}`;
}

/** A machine made of text always answers the same. */
function remembering(machine: Machine): Machine {
  const once = <T>(ask: (path: string) => Promise<T>): ((path: string) => Promise<T>) => {
    const answers = new Map<string, Promise<T>>();
    return (path) => {
      let answer = answers.get(path);
      if (answer === undefined) answers.set(path, (answer = ask(path)));
      return answer;
    };
  };
  return {
    ...machine,
    readText: once((path) => machine.readText(path)),
    list: once((path) => machine.list(path)),
    resolve: once((path) => machine.resolve(path)),
    readLink: once((path) => machine.readLink(path)),
    stat: once((path) => machine.stat(path)),
  };
}

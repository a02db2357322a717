/** The machine that a station and its jobs run on: its disks under their names of this boot, seen through the real discovery. */
import type { Content } from "@trofie/contract";
import type { Found } from "../../packages/disks/src/discovery/discover.ts";
import type { Places } from "../../packages/disks/src/discovery/surroundings.ts";
import type { FileStat, Machine } from "../../packages/disks/src/machine/machine.ts";
import { sataDisk, sataFolder } from "../../packages/disks/src/testing/disks-in-sysfs.ts";
import { systemError } from "../../packages/disks/src/testing/memory-disk.ts";
import { memoryMachine, type Tree } from "../../packages/disks/src/testing/memory-machine.ts";
import { systemOn } from "../../packages/disks/src/testing/sysfs.ts";
import type { Chance } from "./chance.ts";
import { look, type Changing, type Seen } from "./discovered-once.ts";
import { Killed, type Life } from "./life.ts";
import { sectorBytes, type DiskHandle, type SimDisk } from "./sim-disk.ts";

export const nowhere: Places = { practiceFolder: null, imagesFolder: null, needed: [], protected: [] };
const names = ["sdb", "sdc", "sdd", "sde"];

export class SimMachine {
  readonly disks: readonly SimDisk[];
  /** Told when a disk has come or gone. */
  onChange: () => void = () => {};
  bootId = "boot-1";
  /** No disk has come or gone since it was started. */
  isAsBooted = true;
  /** Processes that are there, by pid. */
  readonly processes = new Map<number, { readonly startTicks: string; readonly isThere: () => boolean }>();
  /** What is seen until something changes. */
  #now!: Seen;
  #boots = 1;
  #diskseq = 0;
  #pid = 1000;
  readonly #chance: Chance;

  constructor(disks: readonly SimDisk[], chance: Chance) {
    this.disks = disks;
    this.#chance = chance;
    for (const disk of disks) this.#plugIn(disk, false);
    this.#look();
  }

  /** Under whatever name is free. */
  attach(disk: SimDisk, isRenamed = false): void {
    this.#plugIn(disk, isRenamed);
    this.#changed();
  }

  pull(disk: SimDisk): void {
    disk.pull(this.#chance.pick(["ENODEV", "EIO", "end of file"]));
    this.#changed();
  }

  /** Their bus is reset: each disk is attached anew, under the name of another. */
  swapNames(): void {
    const attached = this.disks.filter((disk) => disk.isAttached);
    const before = attached.map(({ name }) => name!);
    for (const disk of attached) disk.pull("ENODEV");
    for (const [i, disk] of attached.entries())
      disk.attach(before[(i + 1) % before.length]!, ++this.#diskseq);
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
    for (const disk of attached) {
      this.#plugIn(disk, isRenamed);
      this.onChange();
    }
    this.#look();
    this.isAsBooted = true;
  }

  nextPid(): number {
    return ++this.#pid;
  }

  found(): Promise<readonly Found[]> {
    return this.#now.found;
  }

  /** As a job's process sees it. */
  of(life: Life): Changing {
    const now = (): Seen => {
      if (!life.isAlive) throw new Killed("the process is dead");
      return this.#now;
    };
    const ask = <T>(question: (machine: Machine) => Promise<T>): Promise<T> =>
      life.isAlive ? question(this.#now.machine) : Promise.reject(new Killed("the process is dead"));
    const none = async (): Promise<null> => null;
    return {
      now,
      readText: (path) => ask((machine) => machine.readText(path)),
      list: (folder) => ask((machine) => machine.list(folder)),
      resolve: (path) => ask((machine) => machine.resolve(path)),
      readLink: (path) => ask((machine) => machine.readLink(path)),
      stat: (path) => ask((machine) => machine.stat(path)),
      mayWrite: async () => true,
      run: none,
      execute: none,
      open: async (path) => this.#open(life, path, true),
      openToRead: async (path) => this.#open(life, path, false),
    };
  }

  /** As the station sees it, which opens nothing. */
  get machine(): Machine {
    return this.#now.machine;
  }

  holdsOf(path: string): Content[] {
    return this.#at(path)?.holds ?? [];
  }

  #plugIn(disk: SimDisk, isRenamed: boolean): void {
    const free = names.filter((name) => !this.disks.some((other) => other.name === name));
    disk.attach(isRenamed ? this.#chance.pick(free) : free[0]!, ++this.#diskseq);
  }

  #changed(): void {
    this.isAsBooted = false;
    this.#look();
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

  /** At once when something has changed, so that whoever asks finds an answer that is there, the first time as every other. */
  #look(): void {
    const attached = this.disks.filter((disk) => disk.isAttached);
    this.#now = look(machineWith(this.bootId, attached), nowhere);
  }
}

/**
 * Machines with the same disks under the same names differ in a few texts alone: all else is made of text, and asked, once
 * in all worlds.
 */
function machineWith(bootId: string, disks: readonly SimDisk[]): Machine {
  const like = machineLike(disks);
  const texts = new Map([[bootIdPath, Promise.resolve(bootId)]]);
  for (const disk of disks) {
    texts.set(`${folderOf(disk)}/size`, Promise.resolve(String(disk.sizeBytes / 512)));
    texts.set(`${folderOf(disk)}/diskseq`, Promise.resolve(String(disk.diskseq)));
  }
  return { ...like, readText: (path) => texts.get(path) ?? like.readText(path) };
}

const machines = new Map<string, Machine>();

function machineLike(disks: readonly SimDisk[]): Machine {
  const key = disks.map(({ serial, name }) => `${serial} ${name}`).join(", ");
  let machine = machines.get(key);
  if (machine === undefined) machines.set(key, (machine = remembering(memoryMachine(treeOf(disks)))));
  return machine;
}

const bootIdPath = "/proc/sys/kernel/random/boot_id";

/** No disk is found by whoever reads one of these by another path than `machineWith` knows. */
const elsewhere = "is in another text";

function treeOf(disks: readonly SimDisk[]): Tree {
  return Object.assign(
    { ...systemOn("8:1"), [bootIdPath]: elsewhere },
    ...disks.map((disk) =>
      sataDisk(portOf(disk), {
        name: disk.name!,
        number: numberOf(disk.name!),
        sizeBytes: 0,
        serial: disk.serial,
        wwn: `naa.5000000000000${disk.serial.slice(-3)}`,
        rotational: true,
        files: {
          size: elsewhere,
          diskseq: elsewhere,
          "queue/physical_block_size": String(sectorBytes),
        },
      }),
    ),
  ) as Tree;
}

function folderOf(disk: SimDisk): string {
  return `/sys/devices/${sataFolder(portOf(disk))}/block/${disk.name}`;
}

function portOf({ serial }: SimDisk): number {
  return Number(serial.slice(-1)) + 1;
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

/** Every device of a machine: what it is, who uses it, what it holds, and why it would be refused. */
import type { Content, Device, Identity } from "@trofie/contract";
import { deviceKey } from "@trofie/contract/device-key";
import { blockDevices, type BlockDevice } from "./block-devices.ts";
import { busOf, controllerOf } from "./bus.ts";
import { isMoreThanPartition, knownContents, nothingKnown, type Region } from "./contents.ts";
import { DeviceMemory } from "./device-memory.ts";
import { unknownAreas } from "./hidden-areas.ts";
import { identityOf, isSameDisk, practiceIdentity, withoutNeedlessBusPaths } from "./identity.ts";
import { isSameFile } from "./loops.ts";
import type { FileStat, Machine } from "../machine/machine.ts";
import type { WritersMemory } from "./open-elsewhere.ts";
import { practiceFiles, practiceSectorBytes, type PracticeFile } from "./practice-files.ts";
import { protectorsOfDisk, protectorsOfFile } from "./protected.ts";
import { obstaclesOf, refusalOf, type Obstacle } from "./refusals.ts";
import { readSurroundings, type Places, type Surroundings } from "./surroundings.ts";
import { useInWords, usesOfDisk, usesOfFile, usesOfSameDisk, type Use } from "./uses.ts";

/** A device beside what its file was when it was found. */
export interface Found {
  readonly device: Device;
  /** All that stands in the way of work on it, in the order in which it is told (`refuse-work.ts`). */
  readonly obstacles: readonly Obstacle[];
  /** The names by which its owner protects it. */
  readonly protectedBy: readonly string[];
  readonly regions: readonly Region[];
  /** Changes with every write to the device. */
  readonly lastWrite: string;
  /** True when what is read of it may come from memory: no verification of it is evidence. */
  readonly isThroughMemory: boolean;
  /** True when it understands ATA commands without a bridge between. */
  readonly isAta: boolean;
  /** Its folder under /sys/devices; null of a practice file. */
  readonly folder: string | null;
  /** True when an open file or a looked-up one is this device. */
  readonly is: (file: FileStat) => boolean;
}

/**
 * All devices with how warm they are, what they hide and what they hold: as udev knows it, and where there is no udev,
 * as the devices themselves say. `memory` keeps what they said, so that each is asked again only when there is reason to.
 * Without an earlier look in that memory, hidden areas are unknown.
 */
export async function discover(
  machine: Machine,
  places: Places,
  memory = new DeviceMemory(),
): Promise<Found[]> {
  const found = await foundDevices(machine, await readSurroundings(machine, places, memory.writers), places);
  const temperatureOf = await memory.temperatures.temperatures(machine);
  const holds = await contentsOf(machine, found, memory);
  return Promise.all(
    found.map(async (each, i) =>
      withMore(each, {
        temperatureC: each.folder === null ? null : await temperatureOf(each.folder),
        hidden: memory.hiddenAreas.soFar(machine, each),
        holds: holds[i] ?? [],
      }),
    ),
  );
}

function withMore(found: Found, more: Pick<Device, "temperatureC" | "hidden" | "holds">): Found {
  return { ...found, device: { ...found.device, ...more } };
}

/** As `discover`, from sysfs and /proc alone: no device is touched, and no other program asked but `zpool` about its pools. */
export async function discoverWithoutContents(
  machine: Machine,
  places: Places,
  writers?: WritersMemory,
): Promise<Found[]> {
  return foundDevices(machine, await readSurroundings(machine, places, writers), places);
}

async function contentsOf(machine: Machine, found: Found[], memory: DeviceMemory): Promise<Content[][]> {
  const hasUdev = (await machine.list("/run/udev/data")).length > 0;
  const contentsIn = hasUdev ? await knownContents(machine) : nothingKnown;
  const looks = found.map(({ device, regions, lastWrite }) => {
    const known = contentsIn(regions);
    return { device, regions, lastWrite, known, isEnough: hasUdev || known.some(isMoreThanPartition) };
  });
  return memory.contents.contents(machine, looks);
}

async function foundDevices(machine: Machine, around: Surroundings, places: Places): Promise<Found[]> {
  const files = await practiceFiles(machine, places.practiceFolder);
  return [...(await foundDisks(machine, around)), ...files.map((file) => foundFile(file, around))];
}

async function foundDisks(machine: Machine, around: Surroundings): Promise<Found[]> {
  const known = await knownDisks(machine, around);
  const needed = withoutNeedlessBusPaths(known.map(({ identity }) => identity));
  return Promise.all(
    known.map((own, i) => {
      const same = known.filter((other) => other !== own && isSameDisk(own, other));
      return foundDisk(machine, around, { ...own, identity: needed[i]! }, same);
    }),
  );
}

/** A disk that has left while it was asked has answered with half of what it is, and is not in the list. */
async function knownDisks(machine: Machine, around: Surroundings): Promise<KnownDisk[]> {
  const disks = await blockDevices(machine);
  const known = await Promise.all(
    disks.map(async (disk) => {
      const identity = await identityOf(machine, disk);
      const uses = await usesOfDisk(machine, disk, around);
      const isStillThere = (await machine.readText(`${disk.folder}/dev`)) === disk.number;
      return isStillThere ? [{ disk, identity, uses }] : [];
    }),
  );
  return known.flat();
}

interface KnownDisk {
  readonly disk: BlockDevice;
  readonly identity: Identity;
  readonly uses: readonly Use[];
}

/** `same` is this disk under its other names. */
async function foundDisk(
  machine: Machine,
  around: Surroundings,
  { disk, identity, uses: ownUses }: KnownDisk,
  same: readonly KnownDisk[],
): Promise<Found> {
  const { path, number, folder, readOnly, unusable, rotational, logicalSectorBytes, physicalSectorBytes } =
    disk;
  const bus = busOf(folder);
  const numbers = [number, ...same.map((other) => other.disk.number)];
  const uses = [...ownUses, ...same.flatMap((other) => usesOfSameDisk(path, other.disk.path, other.uses))];
  const protectedBy = protectorsOfDisk(around.protections, identity, numbers);
  const obstacles = obstaclesOf({
    path,
    readOnly,
    protectedBy,
    unusable,
    mayWrite: await machine.mayWrite(path),
    systemPath: numbers.map((each) => around.system.get(each)).find((found) => found !== undefined) ?? null,
    uses,
  });
  return {
    obstacles,
    protectedBy,
    folder,
    is: (file) => file.number === number,
    isThroughMemory: around.loops.some((loop) => loop.number === number && !loop.isDirect),
    isAta:
      unusable === null && bus !== "usb" && (await machine.readText(`${folder}/device/vendor`)) === "ATA",
    lastWrite: `${deviceKey(identity)} ${identity.diskseq} ${await sectorsWritten(machine, disk)}`,
    regions: unusable === null ? regionsOf(disk) : [],
    device: {
      path,
      identity,
      bus,
      controller: controllerOf(folder),
      rotational,
      logicalSectorBytes,
      physicalSectorBytes,
      readOnly,
      temperatureC: null,
      hidden: unknownAreas,
      uses: uses.map((use) => useInWords(use, path)),
      holds: [],
      refusal: refusalOf(path, obstacles),
    },
  };
}

function regionsOf({ path, sizeBytes, partitions }: BlockDevice): Region[] {
  return [{ path, sizeBytes }, ...partitions.map((part) => ({ path: part.path, sizeBytes: part.sizeBytes }))];
}

/** Field 7 of a disk's `stat`: sectors written, its partitions included (Documentation/block/stat.rst). */
async function sectorsWritten(machine: Machine, disk: BlockDevice): Promise<string> {
  const fields = (await machine.readText(`${disk.folder}/stat`))?.split(/\s+/);
  return fields?.[6] ?? "";
}

function foundFile({ path, file }: PracticeFile, around: Surroundings): Found {
  const uses = usesOfFile(path, file, around);
  const protectedBy = protectorsOfFile(around.protections, file);
  const obstacles = obstaclesOf({
    path,
    readOnly: false,
    mayWrite: true,
    systemPath: null,
    protectedBy,
    unusable: null,
    uses,
  });
  return {
    obstacles,
    protectedBy,
    folder: null,
    is: (other) => other.kind === "regular" && isSameFile(other, file),
    isThroughMemory: false,
    isAta: false,
    lastWrite: `${file.inode} ${file.modified}`,
    regions: [{ path, sizeBytes: file.sizeBytes }],
    device: {
      path,
      identity: practiceIdentity(path, file),
      bus: "file",
      controller: null,
      rotational: null,
      logicalSectorBytes: practiceSectorBytes,
      physicalSectorBytes: practiceSectorBytes,
      readOnly: false,
      temperatureC: null,
      hidden: { hpa: "none", dco: "none" },
      uses: uses.map((use) => useInWords(use, path)),
      holds: [],
      refusal: refusalOf(path, obstacles),
    },
  };
}

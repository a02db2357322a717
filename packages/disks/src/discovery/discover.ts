/** Every device of a machine: what it is, who uses it, what it holds, and why it would be refused. */
import type { Content, Device } from "@trofie/contract";
import { blockDevices, type BlockDevice } from "./block-devices.ts";
import { isMoreThanPartition, knownContents, type Region } from "./contents.ts";
import { ContentsMemory } from "./contents-memory.ts";
import { busOf, identityOf, practiceIdentity, withoutNeedlessBusPaths } from "./identity.ts";
import { isSameFile } from "./loops.ts";
import type { FileStat, Machine } from "../machine/machine.ts";
import { practiceFiles, practiceSectorBytes, type PracticeFile } from "./practice-files.ts";
import { refusalOf } from "./refusals.ts";
import { readSurroundings, type Places, type Surroundings } from "./surroundings.ts";
import { useInWords, usesOfDisk, usesOfFile } from "./uses.ts";

/** A device beside what its file was when it was found. */
export interface Found {
  readonly device: Device;
  readonly regions: readonly Region[];
  /** Changes with every write to the device. */
  readonly lastWrite: string;
  /** True when what is read of it may come from memory: no verification of it is evidence. */
  readonly isThroughMemory: boolean;
  /** True when an open file or a looked-up one is this device. */
  readonly is: (file: FileStat) => boolean;
}

/**
 * All devices with what they hold: as udev knows it, and where there is no udev, as the devices themselves say.
 * `memory` keeps what they said, so that a device is read again only when something was written to it.
 */
export async function discover(
  machine: Machine,
  places: Places,
  memory = new ContentsMemory(),
): Promise<Found[]> {
  const found = await discoverWithoutContents(machine, places);
  const known = await knownContents(machine);
  const hasUdev = (await machine.list("/run/udev/data")).length > 0;
  const holdsOf = async (each: Found): Promise<Content[]> => {
    const holds = known(each.regions);
    return hasUdev || holds.some(isMoreThanPartition) ? holds : memory.contents(machine, each, holds);
  };
  const holds = await Promise.all(found.map(holdsOf));
  return found.map((each, i) => withContents(each, holds[i] ?? []));
}

function withContents(found: Found, holds: Content[]): Found {
  return { ...found, device: { ...found.device, holds } };
}

/** As `discover`, from sysfs and /proc alone: no other program is asked, no device is touched. */
export async function discoverWithoutContents(machine: Machine, places: Places): Promise<Found[]> {
  const around = await readSurroundings(machine, places);
  const files = await practiceFiles(machine, places.practiceFolder);
  return [...(await foundDisks(machine, around)), ...files.map((file) => foundFile(file, around))];
}

async function foundDisks(machine: Machine, around: Surroundings): Promise<Found[]> {
  const disks = await blockDevices(machine);
  const identities = await Promise.all(disks.map((disk) => identityOf(machine, disk)));
  const needed = withoutNeedlessBusPaths(identities);
  return Promise.all(disks.map((disk, i) => foundDisk(machine, around, disk, needed[i]!)));
}

async function foundDisk(
  machine: Machine,
  around: Surroundings,
  disk: BlockDevice,
  identity: Device["identity"],
): Promise<Found> {
  const { path, readOnly, rotational, logicalSectorBytes, physicalSectorBytes, sizeBytes, partitions } = disk;
  const systemPath = around.system.get(disk.number) ?? null;
  const uses = await usesOfDisk(machine, disk, around);
  const mayWrite = await machine.mayWrite(path);
  return {
    is: (file) => file.number === disk.number,
    isThroughMemory: around.loops.some(({ number, isDirect }) => number === disk.number && !isDirect),
    lastWrite: `${identity.diskseq} ${await sectorsWritten(machine, disk)}`,
    regions: [
      { path, sizeBytes },
      ...partitions.map((part) => ({ path: part.path, sizeBytes: part.sizeBytes })),
    ],
    device: {
      path,
      identity,
      bus: busOf(disk.folder),
      rotational,
      logicalSectorBytes,
      physicalSectorBytes,
      readOnly,
      temperatureC: null,
      hidden: { hpa: "unknown", dco: "unknown" },
      uses: uses.map((use) => useInWords(use, path)),
      holds: [],
      refusal: refusalOf({ path, readOnly, mayWrite, systemPath, uses }),
    },
  };
}

/** Field 7 of a disk's `stat`: sectors written, its partitions included (Documentation/block/stat.rst). */
async function sectorsWritten(machine: Machine, disk: BlockDevice): Promise<string> {
  const fields = (await machine.readText(`${disk.folder}/stat`))?.split(/\s+/);
  return fields?.[6] ?? "";
}

function foundFile({ path, file }: PracticeFile, around: Surroundings): Found {
  const uses = usesOfFile(path, file, around);
  return {
    is: (other) => other.kind === "regular" && isSameFile(other, file),
    isThroughMemory: false,
    lastWrite: `${file.inode} ${file.modified}`,
    regions: [{ path, sizeBytes: file.sizeBytes }],
    device: {
      path,
      identity: practiceIdentity(path, file),
      bus: "file",
      rotational: null,
      logicalSectorBytes: practiceSectorBytes,
      physicalSectorBytes: practiceSectorBytes,
      readOnly: false,
      temperatureC: null,
      hidden: { hpa: "none", dco: "none" },
      uses: uses.map((use) => useInWords(use, path)),
      holds: [],
      refusal: refusalOf({ path, readOnly: false, mayWrite: true, systemPath: null, uses }),
    },
  };
}

/** Every device of a machine: what it is, who uses it, what it holds, and why it would be refused. */
import type { Device } from "@trofie/contract";
import { blockDevices, type BlockDevice } from "./block-devices.ts";
import { knownContents, type ContentsOf, type Region } from "./contents.ts";
import { busOf, identityOf, practiceIdentity, withoutNeedlessBusPaths } from "./identity.ts";
import { isSameFile } from "./loops.ts";
import type { FileStat, Machine } from "./machine.ts";
import { practiceFiles, practiceSectorBytes, type PracticeFile } from "./practice-files.ts";
import { refusalOf } from "./refusals.ts";
import { readSurroundings, type Places, type Surroundings } from "./surroundings.ts";
import { useInWords, usesOfDisk, usesOfFile, type Use } from "./uses.ts";

/** A device beside what its file was when it was found. */
export interface Found {
  readonly device: Device;
  readonly regions: readonly Region[];
  /** True when an open file or a looked-up one is this device. */
  readonly is: (file: FileStat) => boolean;
}

/** All devices with what udev knows of their contents. */
export async function discover(machine: Machine, places: Places): Promise<Found[]> {
  return withContents(await discoverWithoutContents(machine, places), await knownContents(machine));
}

/** As `discover`, from sysfs and /proc alone: no other program is asked, no device is touched. */
export async function discoverWithoutContents(machine: Machine, places: Places): Promise<Found[]> {
  const around = await readSurroundings(machine, places);
  const files = await practiceFiles(machine, places.practiceFolder);
  return [...(await foundDisks(machine, around)), ...files.map((file) => foundFile(file, around))];
}

function withContents(found: Found[], contentsOf: ContentsOf): Found[] {
  return found.map((each) => ({ ...each, device: { ...each.device, holds: contentsOf(each.regions) } }));
}

async function foundDisks(machine: Machine, around: Surroundings): Promise<Found[]> {
  const disks = await blockDevices(machine);
  const identities = withoutNeedlessBusPaths(
    await Promise.all(disks.map((disk) => identityOf(machine, disk))),
  );
  const uses = await Promise.all(disks.map((disk) => usesOfDisk(machine, disk, around)));
  return disks.flatMap((disk, i) => {
    const identity = identities[i];
    return identity === undefined ? [] : [foundDisk(disk, identity, uses[i] ?? [], around)];
  });
}

function foundDisk(
  disk: BlockDevice,
  identity: Device["identity"],
  uses: Use[],
  around: Surroundings,
): Found {
  const { path, readOnly, rotational, logicalSectorBytes, physicalSectorBytes, sizeBytes, partitions } = disk;
  const systemPath = around.system.get(disk.number) ?? null;
  return {
    is: (file) => file.number === disk.number,
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
      uses: uses.map((use) => useInWords(use, path)),
      holds: [],
      refusal: refusalOf({ path, readOnly, systemPath, uses }),
    },
  };
}

function foundFile({ path, file }: PracticeFile, around: Surroundings): Found {
  const uses = usesOfFile(path, file, around);
  return {
    is: (other) => other.kind === "regular" && isSameFile(other, file),
    regions: [{ path, sizeBytes: file.sizeBytes }],
    device: {
      path,
      identity: practiceIdentity(path, file),
      bus: "file",
      rotational: null,
      logicalSectorBytes: practiceSectorBytes,
      physicalSectorBytes: practiceSectorBytes,
      readOnly: false,
      uses: uses.map((use) => useInWords(use, path)),
      holds: [],
      refusal: refusalOf({ path, readOnly: false, systemPath: null, uses }),
    },
  };
}

/**
 * Format NVM with an erase (NVM Express Base 2.0, Format NVM, SES): blocks until it is done. No log of it is kept: that the
 * command completed is all there is, and after a cut nothing tells how it ended.
 */
import type { FirmwareEraseId } from "@trofie/contract";
import { askDisk, complaintOf, sysfsName, type AskedDisk } from "./ask-disk.ts";
import {
  capability,
  type Answer,
  type Capabilities,
  type FirmwareFamily,
  type FirmwareStatus,
} from "./firmware-family.ts";
import { identifyController, identifyNamespace } from "./nvme-answers.ts";

export const nvmeFormat: FirmwareFamily = { capabilities, issue, isBlocking: true, status };

/** The kernel resets a controller that has not answered by then, and with it the format. */
const formatLimitMs = 24 * 3_600_000;

async function capabilities(disk: AskedDisk): Promise<Capabilities> {
  const controller = await identifyController(disk);
  if (controller === null) return both("it does not answer Identify Controller as the planned disk");
  const { oacs, fna } = controller;
  if ((oacs & 2) === 0) return both("it has no Format NVM");
  const reachesOthers = (fna & 3) !== 0;
  return {
    "nvme-format": capability(null, { reachesOthers }),
    "nvme-format-crypto": capability((fna & 4) === 0 ? "its Format NVM has no cryptographic erase" : null, {
      reachesOthers,
    }),
  };
}

function both(obstacle: string): Capabilities {
  return { "nvme-format": capability(obstacle), "nvme-format-crypto": capability(obstacle) };
}

/**
 * With all that the namespace is now, for nvme-cli takes LBA format 0 where a controller formats all its namespaces, and
 * the disk would have another size. `--force`: without it nvme-cli wants the disk for itself, and it is ours.
 */
async function issue(disk: AskedDisk, command: FirmwareEraseId): Promise<Answer> {
  const namespace = await identifyNamespace(disk);
  const id = await disk.machine.readText(`/sys/block/${sysfsName(disk.path)}/nsid`);
  if (namespace === null || id === null) {
    return { taken: false, words: "it does not answer Identify Namespace: the command was not given" };
  }
  const { lbaFormat, isExtended, protection, isProtectionFirst } = namespace;
  const said = await askDisk(
    disk,
    "nvme",
    [
      "format",
      `--namespace-id=${id}`,
      `--ses=${command === "nvme-format-crypto" ? 2 : 1}`,
      `--lbaf=${lbaFormat}`,
      `--ms=${Number(isExtended)}`,
      `--pi=${protection}`,
      `--pil=${Number(isProtectionFirst)}`,
      `--timeout=${formatLimitMs}`,
      "--force",
    ],
    formatLimitMs,
  );
  // What it complains of after this line is the kernel's view of the block size, which has not changed.
  const taken = said.stdout.startsWith("Success formatting namespace");
  return { taken, words: complaintOf(said) || "the command completed" };
}

/** FPI says how far a format is, where there is one; a format that is over leaves nothing but its answer. */
async function status(
  disk: AskedDisk,
  _command: FirmwareEraseId,
  wasTaken: boolean,
): Promise<FirmwareStatus | null> {
  const namespace = await identifyNamespace(disk);
  if (namespace === null) return null;
  const { percentLeft } = namespace;
  if (percentLeft !== null && percentLeft > 0) {
    return { state: "running", fractionDone: 1 - percentLeft / 100, words: `${percentLeft} % left` };
  }
  if (wasTaken) return { state: "succeeded", words: "Format NVM completed without an error" };
  return { state: "idle", words: "no format is running, and no log of one is kept" };
}

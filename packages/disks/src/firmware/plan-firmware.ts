/** Plans an erase by the disk's own firmware: chooses the command, and refuses where the disk has none. */
import { Refusal } from "@trofie/commands/errors";
import { firmwareErases, purgeMethod, type FirmwareEraseId, type PlannedPass } from "@trofie/contract";
import type { PlanContext } from "../job/plan-context.ts";
import type { AskedDisk } from "./ask-disk.ts";
import { firmwareCommands, purgeOrder } from "./firmware-commands.ts";
import type { Capabilities, Capability } from "./firmware-family.ts";
import { mediumOf, type Medium } from "./medium.ts";
import { otherNamespaces, refuseUnlessFree } from "./namespaces.ts";

export interface FirmwarePlan {
  readonly passes: PlannedPass[];
  readonly level: "Clear" | "Purge";
  readonly warnings: string[];
  /** As the disk itself says; null where it does not. */
  readonly estimatedMs: number | null;
}

/**
 * The one pass of `nist-purge`, or of a command named by its id. It never falls back to an overwrite: throws a `Refusal`
 * ERASE_NOT_POSSIBLE with the reason, TOOL_MISSING where the disk cannot be asked, or that of another disk which the
 * command would erase too. Only for a device that is not refused itself. The disk is asked, and nothing is written.
 */
export async function firmwarePassesFor(context: PlanContext, methodId: string): Promise<FirmwarePlan> {
  const { machine, places, found } = context;
  const { path, identity } = found.device;
  const medium = await mediumOf(machine, found.device);
  if (medium.kind === "none") throw notPossible(path, methodId, medium.why);
  const disk = { machine, path, serial: identity.serial };
  const { command, capability } = await choose(disk, medium, methodId);
  const others = capability.reachesOthers ? await otherNamespaces(machine, path) : [];
  await refuseUnlessFree(machine, places, path, others);
  const level = levelOf(command, medium.isFlash);
  return {
    passes: [{ kind: "firmware", command }],
    level,
    warnings: warningsOf(command, capability, level, others),
    estimatedMs: capability.estimatedMs,
  };
}

type Reachable = Exclude<Medium, { kind: "none" }>;

interface Choice {
  readonly command: FirmwareEraseId;
  readonly capability: Capability;
}

async function choose(disk: AskedDisk, medium: Reachable, methodId: string): Promise<Choice> {
  const candidates = candidatesFor(disk.path, medium, methodId);
  const obstacles = new Set<string>();
  const asked = new Map<object, Capabilities>();
  for (const command of candidates) {
    const { family } = firmwareCommands[command];
    const capabilities = asked.get(family) ?? (await family.capabilities(disk));
    asked.set(family, capabilities);
    const capability = capabilities[command];
    if (capability === undefined) continue;
    if (capability.obstacle === null) return { command, capability };
    obstacles.add(capability.obstacle);
  }
  throw notPossible(disk.path, methodId, [...obstacles].join(", "));
}

function candidatesFor(path: string, medium: Reachable, methodId: string): readonly FirmwareEraseId[] {
  if (methodId === purgeMethod) return purgeOrder[medium.kind][medium.isFlash ? "flash" : "magnetic"];
  if (!isFirmwareErase(methodId)) throw notPossible(path, methodId, "the firmware has no such command");
  if (firmwareCommands[methodId].for === medium.kind) return [methodId];
  throw notPossible(path, methodId, `it is ${kindWords[medium.kind]}`);
}

function isFirmwareErase(id: string): id is FirmwareEraseId {
  return Object.hasOwn(firmwareErases, id);
}

const kindWords = { ata: "an ATA disk", nvme: "an NVMe disk", scsi: "a SCSI disk" };

function notPossible(path: string, methodId: string, why: string): Refusal {
  return new Refusal("ERASE_NOT_POSSIBLE", `Cannot erase ${path} by ${methodId}: ${why}`);
}

function levelOf(command: FirmwareEraseId, isFlash: boolean): "Clear" | "Purge" {
  if (isFlash && firmwareCommands[command].isClearOnFlash) return "Clear";
  return firmwareErases[command].level;
}

function warningsOf(
  command: FirmwareEraseId,
  { warnings }: Capability,
  level: "Clear" | "Purge",
  others: readonly string[],
): string[] {
  const { family, isByKey } = firmwareCommands[command];
  const all: [boolean, string][] = [
    [true, "Only the disk's own word and samples of its content, before and after, show what it did"],
    [
      true,
      family.isBlocking
        ? "Once begun it can be neither paused nor stopped"
        : "Once begun it can be neither paused nor stopped, and goes on by itself after a power cut",
    ],
    [
      others.length > 0,
      `It erases the whole NVMe subsystem, also what this machine does not see of it: ${others.join(", ")}`,
    ],
    [isByKey === true, "It only changes a key: it is worth as much as the disk's encryption"],
    [
      level !== firmwareErases[command].level,
      "On flash it does not surely reach spare cells: it counts as Clear, not as Purge",
    ],
  ];
  return [...all.flatMap(([isDue, text]) => (isDue ? [text] : [])), ...warnings];
}

/** Makes the plan of an erase. The same device and work give the same plan until something about them changes. */
import { Refusal } from "@trofie/commands/errors";
import { countText } from "@trofie/contract/quantities";
import {
  confirmationWord,
  eraseMethods,
  findFirmwareErase,
  findOverwrite,
  nearestWord,
  purgeMethod,
  type CustomMethod,
  type Device,
  type EraseMethod,
  type ErasePlan,
  type EraseWork,
} from "@trofie/contract";
import { refuseUnlessFit } from "../discovery/refuse-work.ts";
import { temperatureNow } from "../discovery/temperatures.ts";
import { firmwarePassesFor } from "../firmware/plan-firmware.ts";
import type { MakePlan, PlanContext } from "../job/plan-context.ts";
import { printable } from "../machine/printable.ts";
import { bytesOfPasses, plannedPasses } from "./fills.ts";
import { warningsOf } from "./warnings.ts";

export const makeErasePlan: MakePlan<"erase"> = async (context, work) => {
  const { device } = context.found;
  const method = methodOf(device.path, work.method);
  refuseUnlessFit(context.found, "erase");
  const how = await howOf(context, method, work);
  await refuseUnlessMeasured(context, work);
  const holds = await context.holds();
  return {
    kind: "erase",
    bootId: context.bootId,
    path: device.path,
    identity: device.identity,
    method: { id: method.id, title: method.title, source: method.source },
    rounds: work.rounds,
    stream: work.stream,
    reading: work.reading,
    ...giveUpOf(work),
    passes: how.passes,
    shuffled: how.shuffled,
    level: how.level,
    bytesTotal: how.bytesTotal,
    estimatedMs: how.estimatedMs,
    holds: holds ?? [],
    warnings: [...warningsOf(context.found, work, how.passes, holds), ...how.warnings],
    confirm: { word: confirmationWord(device.path, device.identity), what: whatTheWordIs(device) },
  };
};

/** A row of the table, the firmware's commands included, or a method that was given whole. */
type Chosen = { readonly id: string; readonly title: string; readonly source: string } & (
  { readonly by: "overwrite"; readonly overwrite: EraseMethod | CustomMethod } | { readonly by: "firmware" }
);

function methodOf(path: string, method: EraseWork["method"]): Chosen {
  if (typeof method !== "string") {
    return { id: "custom", title: method.title, source: method.source, by: "overwrite", overwrite: method };
  }
  const overwrite = findOverwrite(method);
  if (overwrite !== undefined) return { id: method, ...titleOf(overwrite), by: "overwrite", overwrite };
  const firmware = method === purgeMethod ? eraseMethods[purgeMethod] : findFirmwareErase(method);
  if (firmware !== undefined) return { id: method, ...titleOf(firmware), by: "firmware" };
  const nearest = nearestWord(method, Object.keys(eraseMethods));
  const hint = nearest === null ? "" : `; the nearest is ${nearest}`;
  throw new Refusal(
    "ERASE_METHOD_NOT_FOUND",
    `Cannot erase ${path} by "${printable(method)}": there is no such method${hint} (trofie methods lists them)`,
  );
}

function titleOf({ title, source }: { readonly title: string; readonly source: string }) {
  return { title, source };
}

type How = Pick<ErasePlan, "passes" | "shuffled" | "level" | "bytesTotal" | "estimatedMs" | "warnings">;

async function howOf(context: PlanContext, method: Chosen, work: EraseWork): Promise<How> {
  const { device } = context.found;
  if (method.by === "overwrite") return howToOverwrite(device, method.overwrite, work);
  refuseWhatOnlyOverwritingHas(device.path, method.id, work);
  const { passes, level, warnings, estimatedMs } = await firmwarePassesFor(context, method.id);
  return { passes, shuffled: [], level, warnings, bytesTotal: 0, estimatedMs: estimatedMs ?? 0 };
}

/** A disk that erases itself does so once, as it pleases: what was asked for beside that must not be dropped in silence. */
function refuseWhatOnlyOverwritingHas(path: string, method: string, work: EraseWork): void {
  const asked = [
    ...(work.rounds > 1 ? ["rounds"] : []),
    ...(work.blank ? ["a last pass of zeros"] : []),
    ...(work.verify === "all" ? ["reading back each pass"] : []),
    ...(work.reading === "full" ? [] : ["reading back samples"]),
    ...(work.discard ? ["discarding"] : []),
    ...("giveUp" in giveUpOf(work) ? ["giving up by rate or temperature"] : []),
  ];
  if (asked.length === 0) return;
  throw new Refusal(
    "ERASE_NOT_POSSIBLE",
    `Cannot erase ${path} by ${method} with ${asked.join(", ")}: that goes with overwriting only`,
  );
}

/** Over so long a rate is averaged before a disk is given up for it. */
const averagedMs = 60_000;

function giveUpOf(work: EraseWork): Pick<ErasePlan, "giveUp"> {
  const { minBytesPerSecond, maxTemperatureC } = work;
  if (minBytesPerSecond === undefined && maxTemperatureC === undefined) return {};
  return {
    giveUp: {
      minBytesPerSecond: minBytesPerSecond ?? null,
      averagedMs,
      maxTemperatureC: maxTemperatureC ?? null,
    },
  };
}

/** A limit that nobody can watch would be a promise of nothing. */
async function refuseUnlessMeasured({ machine, found }: PlanContext, work: EraseWork): Promise<void> {
  if (work.maxTemperatureC === undefined) return;
  const { path, bus } = found.device;
  const now = found.folder === null ? null : await temperatureNow(machine, found.folder);
  if (now !== null) return;
  const hint = bus === "sata" || bus === "sas" ? " (the kernel module drivetemp does)" : "";
  throw new Refusal(
    "ERASE_NOT_POSSIBLE",
    `Cannot erase ${path} with a limit of ${work.maxTemperatureC} °C: nothing measures its temperature${hint}`,
  );
}

/** Each is told in the plan and in the report, which everybody who watches is sent. */
const mostPasses = 1_000;

/** A method of one's own is never more than Clear, for it overwrites. */
function howToOverwrite(device: Device, method: EraseMethod | CustomMethod, work: EraseWork): How {
  const asked = method.passes.length * work.rounds;
  if (asked > mostPasses)
    throw new Refusal(
      "ERASE_NOT_POSSIBLE",
      `Cannot erase ${device.path} in ${countText(asked)} passes: the most is ${countText(mostPasses)}`,
    );
  const { passes, shuffled } = plannedPasses(method, work);
  const bytesTotal = bytesOfPasses(passes, device.identity.sizeBytes, work.reading);
  const estimatedMs = Math.ceil((bytesTotal / likelyBytesPerSecond(device)) * 1000);
  return { passes, shuffled, level: "Clear", bytesTotal, estimatedMs, warnings: [] };
}

/** Typical sustained rates by kind of disk, in bytes per second; only for the estimate before the job runs. */
export function likelyBytesPerSecond({ bus, rotational }: Pick<Device, "bus" | "rotational">): number {
  if (bus === "loop" || bus === "file") return 1e9;
  if (bus === "usb") return rotational === true ? 100e6 : 150e6;
  if (bus === "nvme") return 1.5e9;
  if (bus === "mmc") return 40e6;
  return rotational === true ? 180e6 : 450e6;
}

/** What the word to type is, in words. */
export function whatTheWordIs({ identity }: Device): string {
  if (identity.serial !== null) return "the last four characters of its serial number";
  return identity.kind === "practice" ? "the name of its file" : "its name, for it has no serial number";
}

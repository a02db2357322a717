/** A plan in words: what would be done to which device, before anybody confirms it. */
import {
  bytesText,
  durationText,
  giveUpText,
  plannedPassesText,
  readBackText,
  type Content,
  type ErasePlan,
  type ImageWritePlan,
} from "@trofie/contract";
import type { DestructivePlan } from "./confirm-plan.ts";
import { styled } from "./screen.ts";

/** Shown in their order; what is null is not said. */
type Facts = Readonly<Record<string, string | null>>;

export function planText(plan: DestructivePlan): string {
  const { identity, holds, warnings } = plan;
  const facts: Facts = {
    device: `${identity.model ?? identity.kind}, ${bytesText(identity.sizeBytes)}`,
    serial: identity.serial ?? "none",
    ...(plan.kind === "erase" ? eraseFacts(plan) : imageFacts(plan)),
    work: workText(plan),
    holds: holds.map(contentText).join(", ") || "nothing that we know",
  };
  const lines = Object.entries(facts).flatMap(([name, text]) => (text === null ? [] : [line(name, text)]));
  const warned = warnings.map((warning) => styled("yellow", line("warning", warning)));
  return [styled("bold", titleOf(plan)), ...lines, ...warned].join("\n");
}

function titleOf(plan: DestructivePlan): string {
  return plan.kind === "erase" ? `Erase ${plan.path}` : `Write ${plan.image.name} to ${plan.path}`;
}

function eraseFacts(plan: ErasePlan): Facts {
  const { method, level, passes, stream } = plan;
  const isRandom = passes.some((pass) => pass.kind === "overwrite" && pass.write === "random");
  const isFirmware = passes.some(({ kind }) => kind === "firmware");
  return {
    method: `${method.title} (${level})`,
    source: method.source,
    passes: plannedPassesText(plan),
    random: isRandom ? `${stream}, with a key of its own for each pass` : null,
    "read back": readBackText(plan),
    "gives up": giveUpText(plan.giveUp),
    check: isFirmware ? "what the disk says of it, and samples from before and after" : null,
  };
}

function imageFacts({ image, contentBytes, grow, sha256 }: ImageWritePlan): Facts {
  const unpacked = contentBytes === null ? "its size is known when it is unpacked" : bytesText(contentBytes);
  const packed = `${bytesText(image.sizeBytes)} of ${image.format}, unpacked: ${unpacked}`;
  return {
    image: image.format === "raw" ? bytesText(image.sizeBytes) : packed,
    sha256: sha256 ?? "computed, and compared with nothing (--sha256 gives what it must be)",
    grow: grow ? "the last Linux partition, and the file system in it, to the end of the device" : null,
  };
}

/** A disk's own erase counts no bytes. */
function workText({ bytesTotal, estimatedMs }: DestructivePlan): string | null {
  const time = estimatedMs > 0 ? `estimated time: ${durationText(estimatedMs)}` : null;
  const bytes = bytesTotal > 0 ? `${bytesText(bytesTotal)} in all` : null;
  return [bytes, time].filter((text) => text !== null).join("; ") || null;
}

function line(name: string, text: string): string {
  return `  ${name.padEnd(9)} ${text}`;
}

function contentText({ path, type, label }: Content): string {
  return label === null ? `${type} on ${path}` : `${type} "${label}" on ${path}`;
}

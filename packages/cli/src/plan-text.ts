/** A plan in words: what would be done to which device, before anybody confirms it. */
import { bytesText, durationText, type Content, type ErasePlan, type PlannedPass } from "@trofie/contract";
import { styled } from "./screen.ts";

export function planText(plan: ErasePlan): string {
  const { identity, method, passes, level, bytesTotal, estimatedMs, holds, warnings } = plan;
  const facts = {
    device: `${identity.model ?? identity.kind}, ${bytesText(identity.sizeBytes)}`,
    serial: identity.serial ?? "none",
    method: `${method.title} (${level}): ${passes.map(passText).join(", ")}`,
    work: `${bytesText(bytesTotal)} in all; estimated time: ${durationText(estimatedMs)}`,
    holds: holds.map(contentText).join(", ") || "nothing that we know",
  };
  const lines = Object.entries(facts).map(([name, text]) => `  ${name.padEnd(9)} ${text}`);
  const warned = warnings.map((warning) => styled("yellow", `  warning   ${warning}`));
  return [styled("bold", `Erase ${plan.path}`), ...lines, ...warned].join("\n");
}

function passText({ patternHex, verified }: PlannedPass): string {
  return verified ? `write ${patternHex}, verify` : `write ${patternHex}`;
}

function contentText({ path, type, label }: Content): string {
  return label === null ? `${type} on ${path}` : `${type} "${label}" on ${path}`;
}

import { existsSync } from "node:fs";
import { labPrograms } from "./setup/debian-packages.ts";

/** Why the lab cannot be had here at all, whatever is installed; null when it can. */
export function whyNoLab(): string | null {
  if (process.platform !== "linux" || process.arch !== "x64") return "needs Linux on x86-64";
  if (process.getuid?.() !== 0) return "needs root";
  const missing = ["/dev/fuse", "/dev/loop-control"].find((path) => !existsSync(path));
  return missing ? `needs ${missing}` : null;
}

/** Why a fault loop cannot be made here; null when it can. Tests skip with this reason. */
export function whyNoFaultLoops(): string | null {
  if (process.platform !== "linux") return "needs Linux";
  if (process.getuid?.() !== 0) return "needs root";
  for (const path of ["/dev/fuse", "/dev/loop-control", "/usr/bin/nbdfuse"]) {
    if (!existsSync(path)) return `needs ${path}`;
  }
  return null;
}

/** Why a machine cannot be started here. The parts that `setup` makes are not asked for: it can still make them. */
export function whyNoMachines(): string | null {
  if (process.platform !== "linux" || process.arch !== "x64") return "needs Linux on x86-64";
  if (process.getuid?.() !== 0) return "needs root";
  const missing = Object.keys(labPrograms).find((path) => !existsSync(path));
  return missing ? `needs ${missing}` : null;
}

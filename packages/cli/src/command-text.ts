/** A command in words, as it was given. */
import type { MethodOfKind, SavedCommand } from "@trofie/commands";
import type { StationContract } from "@trofie/contract";
import { harmless } from "./harmless.ts";

type CommandName = MethodOfKind<StationContract, "command" | "operation">;
type Say = (given: Readonly<Record<string, unknown>>) => string;

const texts: Readonly<Record<CommandName, Say>> = {
  "erase.start": ({ path }) => `erase of ${String(path)}`,
  "verify.start": ({ path }) => `verification of ${String(path)}`,
  "image.write": ({ image, path }) => `writing of ${String(image)} to ${String(path)}`,
  "image.read": ({ image, path }) => `reading of ${String(path)} into ${String(image)}`,
  "health.check": ({ path }) => `health check of ${String(path)}`,
  "device.spinDown": ({ path }) => `spin-down of ${String(path)}`,
  "device.unmount": ({ path }) => `unmounting of ${String(path)}`,
  "job.stop": ({ job }) => `stop of job ${String(job)}`,
  "job.pause": ({ job }) => `pause of job ${String(job)}`,
  "job.resume": ({ job }) => `resumption of job ${String(job)}`,
};

/** "erase of /dev/sdb". */
export function commandText({ method, params }: Pick<SavedCommand, "method" | "params">): string {
  return harmless(Object.hasOwn(texts, method) ? texts[method as CommandName](params) : method);
}

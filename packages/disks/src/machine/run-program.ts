/** Runs the standard tools (lsblk, blkid) so that one that hangs on a dying disk hangs nobody else. */
import { execFile } from "node:child_process";

type Run = (program: string, args: readonly string[]) => Promise<string | null>;

/**
 * A process in uninterruptible sleep survives SIGKILL and keeps its pipes open, so it is abandoned, not waited for;
 * and while it is there the same program is not started again, or one bad disk would collect hundreds.
 */
export function runWithin(limitMs: number): Run {
  const hung = new Set<string>();
  return (program, args) =>
    hung.has(program)
      ? Promise.resolve(null)
      : new Promise((resolve) => {
          const child = execFile(program, args, { encoding: "utf8" }, (error, stdout) => {
            clearTimeout(timer);
            hung.delete(program);
            resolve(typeof error?.code === "string" ? null : stdout);
          });
          const timer = setTimeout(() => {
            hung.add(program);
            child.kill("SIGKILL");
            child.stdout?.destroy();
            child.stderr?.destroy();
            child.unref();
            resolve(null);
          }, limitMs);
        });
}

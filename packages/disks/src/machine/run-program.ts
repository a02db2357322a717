/** Runs the standard tools (lsblk, blkid) so that one that hangs on a dying disk hangs nobody else. */
import { execFile } from "node:child_process";

import type { Executed, Execution } from "./machine.ts";

/**
 * Where the tools are: a job's process has no environment, and the path of a user who is not root lacks the folders of
 * the administrator's programs.
 */
const folders = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

export function toolEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, PATH: [process.env["PATH"], ...folders].filter(Boolean).join(":") };
}

type Run = (program: string, args: readonly string[]) => Promise<string | null>;

/**
 * A process in uninterruptible sleep survives SIGKILL and keeps its pipes open, so it is abandoned, not waited for;
 * and while it is there the same program is not started on the same disk again, or one bad disk would collect hundreds.
 */
export function runWithin(limitMs: number): Run {
  const hung = new Set<string>();
  return (program, args) => {
    const line = [program, ...args].join(" ");
    return hung.has(line)
      ? Promise.resolve(null)
      : new Promise((resolve) => {
          const child = execFile(
            program,
            args,
            { encoding: "utf8", env: toolEnvironment() },
            (error, stdout) => {
              clearTimeout(timer);
              hung.delete(line);
              resolve(typeof error?.code === "string" ? null : stdout);
            },
          );
          const timer = setTimeout(() => {
            hung.add(line);
            child.kill("SIGKILL");
            child.stdout?.destroy();
            child.stderr?.destroy();
            child.unref();
            resolve(null);
          }, limitMs);
        });
  };
}

/** Runs a program to its end and gives all that it said. Null when it could not be started. */
export function executeProgram(
  program: string,
  args: readonly string[],
  { limitMs, signal, input = "" }: Execution,
): Promise<Executed | null> {
  return new Promise((resolve) => {
    const child = execFile(
      program,
      args,
      { encoding: "utf8", maxBuffer: 16 * 1024 * 1024, env: { ...toolEnvironment(), LC_ALL: "C" } },
      (error, stdout, stderr) => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", giveUp);
        if (error !== null && typeof error.code === "string" && child.pid === undefined) return resolve(null);
        resolve({ exitCode: child.exitCode, stdout, stderr });
      },
    );
    /** A process in uninterruptible sleep survives SIGKILL and keeps its pipes open: it is not waited for. */
    const giveUp = (): void => {
      child.kill("SIGKILL");
      child.stdout?.destroy();
      child.stderr?.destroy();
      child.unref();
      resolve({ exitCode: null, stdout: "", stderr: "" });
    };
    const timer = setTimeout(giveUp, limitMs);
    signal?.addEventListener("abort", giveUp, { once: true });
    if (signal?.aborted) giveUp(); // a signal that has been tells nobody any more
    child.stdin?.on("error", () => {}); // a program that does not read it to its end says why in its exit code
    child.stdin?.end(input);
  });
}

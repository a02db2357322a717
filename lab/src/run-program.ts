import { execFile } from "node:child_process";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** Runs a program of this machine without a shell; gives its output, fails with its own words. */
export async function runProgram(program: string, ...args: string[]): Promise<string> {
  try {
    const { stdout } = await execute(program, args, { maxBuffer: 64 * 2 ** 20, cwd: "/" });
    return stdout.trim();
  } catch (error) {
    const said = (error as { stderr?: string }).stderr?.trim();
    throw new Error(`Cannot run ${program} ${args.join(" ")}: ${said || (error as Error).message}`, {
      cause: error,
    });
  }
}

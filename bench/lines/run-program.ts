import { execFile } from "node:child_process";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** Cores of a measurement: server and load never share one. */
export const cores = { load: 0, server: 1 } as const;

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs a program to its end and returns what it printed; rejects with its last words. */
export async function runProgram(command: readonly string[], options: RunOptions = {}): Promise<string> {
  const [program = "", ...args] = command;
  try {
    const { stdout } = await execute(program, args, { maxBuffer: 64 * 1024 * 1024, ...options });
    return stdout;
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    throw new Error(`${program}: ${lastLines(stderr ?? "") || message}`, { cause: error });
  }
}

export function onCore(core: number, command: readonly string[]): string[] {
  return ["taskset", "-c", String(core), ...command];
}

export function lastLines(text: string): string {
  return text.trim().split("\n").slice(-4).join("; ");
}

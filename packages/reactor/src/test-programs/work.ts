/** Functions to be called in a thread of their own. */
import { threadId } from "node:worker_threads";

export function whereAmI(): number {
  return threadId;
}

export async function sum(numbers: readonly number[]): Promise<number> {
  return numbers.reduce((total, number) => total + number, 0);
}

export function fail(): never {
  throw new RangeError("too much");
}

export function forEver(): never {
  for (;;);
}

export function exit(): void {
  process.exit(3);
}

/** Facts of a process that may be killed at any moment: each is in the kernel's hands before what it tells of goes on. */
import { closeSync, openSync, readSync, writeSync } from "node:fs";
import type { Fact, Witness } from "./facts.ts";

/** Writes each fact into the file at `path` as it happens. */
export function factWriter(path: string): Witness {
  const file = openSync(path, "a", 0o600);
  return (fact) => void writeSync(file, `${JSON.stringify(fact)}\n`);
}

/** Reads what a `factWriter` writes, while it does or afterwards. */
export class FactFile implements Disposable {
  readonly #file: number;
  /** The beginning of a line whose end has not come. */
  #begun = "";

  constructor(path: string) {
    this.#file = openSync(path, "a+", 0o600);
  }

  /** The facts that were written since the last time. */
  readNew(): Fact[] {
    const lines = (this.#begun + this.#rest()).split("\n");
    this.#begun = lines.pop()!;
    return lines.map((line) => JSON.parse(line) as Fact);
  }

  #rest(): string {
    const parts: Buffer[] = [];
    for (;;) {
      const part = Buffer.alloc(1_048_576);
      const bytes = readSync(this.#file, part);
      if (bytes === 0) return Buffer.concat(parts).toString();
      parts.push(part.subarray(0, bytes));
    }
  }

  [Symbol.dispose](): void {
    closeSync(this.#file);
  }
}

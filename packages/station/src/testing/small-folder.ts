/** A folder with little room, on a file system of its own (tmpfs): only root can make one. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Why there can be none here; null where there can. */
export const whyNoSmallFolders = process.getuid?.() === 0 ? null : "needs root";

export class SmallFolder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), "trofie-small-"));

  constructor(kibibytes: number) {
    run("mount", "-t", "tmpfs", "-o", `size=${kibibytes}k,mode=700`, "tmpfs", this.path);
  }

  /** Takes what is left, down to the last byte. */
  fill(): void {
    for (const bytes of [100_000, 10_000, 1_000, 100, 1])
      try {
        for (;;) writeFileSync(this.#ballast, Buffer.alloc(bytes), { flag: "a" });
      } catch {
        // No room for that many: fewer.
      }
  }

  free(): void {
    rmSync(this.#ballast, { force: true });
  }

  [Symbol.dispose](): void {
    run("umount", "--lazy", this.path);
    rmSync(this.path, { recursive: true });
  }

  get #ballast(): string {
    return join(this.path, "ballast");
  }
}

function run(program: string, ...args: readonly string[]): void {
  const { status, stderr } = spawnSync(program, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr}`);
}

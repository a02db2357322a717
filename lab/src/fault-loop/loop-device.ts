import { readFile } from "node:fs/promises";
import { runProgram } from "../run-program.ts";
import { until } from "../until.ts";

/** An attachment of this process: the number alone may belong to somebody else by now. */
export interface LoopDevice {
  readonly path: string;
  /** The kernel's counter of attachments: no two are alike until the next boot. */
  readonly diskseq: string;
}

export interface LoopOptions {
  readonly sectorBytes?: number;
  readonly access?: "read-write" | "read-only";
}

/** Past the page cache (`--direct-io`): without it an error smears over 4 KiB, and reads come from memory. */
export async function attachLoop(file: string, options: LoopOptions = {}): Promise<LoopDevice> {
  const path = await runProgram(
    "losetup",
    "--find",
    "--show",
    "--direct-io=on",
    `--sector-size=${options.sectorBytes ?? 512}`,
    ...(options.access === "read-only" ? ["--read-only"] : []),
    file,
  );
  return { path, diskseq: await attribute(path, "diskseq") };
}

/**
 * Detaches, and waits until it is so: while somebody has the device open, `losetup --detach` succeeds and the device
 * stays, writable, until the last of them closes it.
 */
export async function detachLoop(loop: LoopDevice): Promise<void> {
  if (!(await isStillAttached(loop))) return;
  await runProgram("losetup", "--detach", loop.path);
  await until(`nobody has ${loop.path} open`, async () => !(await isStillAttached(loop)), {
    limitMs: 10_000,
  });
}

export async function isStillAttached(loop: LoopDevice): Promise<boolean> {
  return (
    (await attribute(loop.path, "diskseq")) === loop.diskseq &&
    (await attribute(loop.path, "loop/backing_file")) !== ""
  );
}

async function attribute(path: string, name: string): Promise<string> {
  try {
    return (await readFile(`/sys/block/${path.slice("/dev/".length)}/${name}`, "utf8")).trim();
  } catch {
    return "";
  }
}

import type { JobEnd, JobEvent } from "../disk-host.ts";
import { mkdirSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { linuxDiskHost } from "../linux-disk-host.ts";
import type { Plan } from "@trofie/contract";
import { isInstalled, LoopWorkshop, run, whyNoLoops } from "../testing/loop-device.ts";
import { content, ImageBench, packed, sha256, unpacked } from "./testing/image-bench.ts";
import { makeSystemImage } from "./testing/system-image.ts";

const mebibyte = 1024 * 1024;
const why = whyNoLoops() ?? (isInstalled("sfdisk") ? null : "needs sfdisk");

describe.skipIf(why !== null)(`in a process of its own${why === null ? "" : ` (${why})`}`, () => {
  const workshop = new LoopWorkshop();
  const bench = new ImageBench(workshop.folder);
  afterAll(() => workshop.removeAll());
  const host = linuxDiskHost({ imagesFolder: bench.folder });

  async function carryOut(plan: Plan): Promise<{ end: JobEnd; events: JobEvent[] }> {
    const events: JobEvent[] = [];
    const order = { job: "job", plan, seedHex: "00".repeat(32), checkpoint: null };
    const job = await host.start(order, (event) => void events.push(event));
    job.go();
    return { end: await job.ended, events };
  }

  test("an image is written, read back and grown, and is read into another image", async () => {
    const files = `${workshop.folder}/files`;
    mkdirSync(files);
    run("cp", "--archive", "/etc/alternatives", files);
    const raw = `${workshop.folder}/raw.img`;
    makeSystemImage({ path: raw, table: "gpt", fileSystem: "ext4", files, sizeBytes: 16 * mebibyte });
    bench.put("system.img.xz", packed("x.xz", bench.read("../raw.img")));
    const path = workshop.attach(workshop.makeSparseFile(48 * mebibyte), "--direct-io=on");

    const write = await host.plan({ kind: "image-write", path, image: "system.img.xz", grow: true });
    const written = await carryOut(write);
    expect(written.end).toMatchObject({
      how: "reported",
      report: {
        outcome: "done",
        findings: { readBack: true, grown: { path: `${path}p2`, fileSystem: "ext4" } },
      },
    });
    expect(written.events.filter(({ type }) => type !== "progress")).toEqual([
      { type: "verifying" },
      { type: "writing" },
    ]);

    const read = await host.plan({ kind: "image-read", path, image: "copy.img.zst" });
    const { end } = await carryOut(read);
    const copy = unpacked("copy.img.zst", bench.read("copy.img.zst"));
    expect(end).toMatchObject({
      how: "reported",
      report: { outcome: "done", findings: { sha256: sha256(copy) } },
    });
    expect(copy.length).toBe(48 * mebibyte);
    expect((await host.images()).map(({ name }) => name)).toEqual(["copy.img.zst", "system.img.xz"]);
  });

  test("an archive that turns out to be broken ends failed", async () => {
    const archive = packed("x.gz", content(8 * mebibyte));
    bench.put("broken.img.gz", archive.subarray(0, archive.length / 2));
    const path = workshop.attach(workshop.makeSparseFile(16 * mebibyte));
    const { end } = await carryOut(
      await host.plan({ kind: "image-write", path, image: "broken.img.gz", grow: false }),
    );
    expect(end).toMatchObject({
      how: "reported",
      report: {
        outcome: "failed",
        message: `Cannot write broken.img.gz to ${path}: gzip: unexpected end of file`,
        findings: null,
      },
    });
  });
});

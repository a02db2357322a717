import { utimesSync } from "node:fs";
import type { Refusal } from "@trofie/commands";
import type { ImageWritePlan } from "@trofie/contract";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { linuxMachine } from "../machine/linux-machine.ts";
import type { Machine } from "../machine/machine.ts";
import { LoopWorkshop, run, whyNoLoops } from "../testing/loop-device.ts";
import { workContext, planOf } from "../testing/work-context.ts";
import { carryOutImageWrite, makeImageWritePlan } from "./image-write.ts";
import { content, ImageBench, packed, sha256 } from "./testing/image-bench.ts";

const workshop = new LoopWorkshop();
const bench = new ImageBench(workshop.folder);
const practiceFolder = `${workshop.folder}/practice`;
run("mkdir", practiceFolder);
afterAll(() => workshop.removeAll());

const machine = linuxMachine();
const places = { practiceFolder, imagesFolder: bench.folder, needed: [], protected: [] };
const mebibyte = 1024 * 1024;
const system = content(3 * mebibyte + 700);
const device = workshop.makeSparseFile(8 * mebibyte, practiceFolder);

beforeAll(() => {
  for (const name of ["raw.img", "system.img.gz", "system.img.xz", "system.img.zst"])
    bench.pack(name, system);
  bench.put("../outside.img", system);
  bench.put(".hidden.img", system);
  run("mkdir", `${bench.folder}/folder.img`);
  run("mkfifo", `${bench.folder}/pipe.img`);
  run("ln", "--symbolic", `${bench.folder}/raw.img`, `${bench.folder}/link.img`);
  bench.put("empty.img", Buffer.alloc(0));
  for (const format of ["gz", "xz", "zst"]) bench.put(`no.img.${format}`, system);
  bench.put("gzip.img", packed("x.gz", system));
  bench.put("xz.img.gz", packed("x.xz", system));
  bench.put("cut.img.xz", packed("x.xz", system).subarray(0, -40));
  bench.pack("nothing.img.xz", Buffer.alloc(0));
  bench.put("machine.qcow2", Buffer.concat([Buffer.from("514649fb00000003", "hex"), system]));
});

function plan(
  image: string,
  more: { grow?: boolean; sha256?: string; path?: string } = {},
): Promise<ImageWritePlan> {
  const work = { kind: "image-write", path: device, grow: false, ...more, image } as const;
  return planOf(machine, places, makeImageWritePlan, work);
}

async function refusalOf(asked: Promise<unknown>): Promise<Pick<Refusal, "code" | "message">> {
  const refused = await asked.then(
    () => null,
    (error: unknown) => error as Refusal,
  );
  return { code: refused?.code ?? "none", message: refused?.message ?? "it went well" };
}

describe("a plan", () => {
  test.each([
    ["raw.img", system.length],
    ["system.img.xz", system.length],
    ["system.img.zst", system.length],
    ["system.img.gz", null],
  ])("of %s knows the size of its content as far as the format says", async (name, contentBytes) => {
    expect(await plan(name)).toMatchObject({
      contentBytes,
      bytesTotal: contentBytes === null ? 0 : 2 * contentBytes,
      confirm: { word: "disk-1.img", what: "the name of its file" },
      image: { name, sizeBytes: packed(name, system).length },
      sha256: null,
      grow: false,
    });
  });

  test("does not take the first frame's size for that of an archive of several", async () => {
    const frames = [content(600_000, 1), content(600_000, 2), content(600_000, 3)];
    bench.put("frames.img.zst", Buffer.concat(frames.map((frame) => packed("x.zst", frame))));
    expect((await plan("frames.img.zst")).contentBytes).toBeNull();
  });

  test("of a content larger than the device is refused where the format says so", async () => {
    bench.pack("large.img.xz", Buffer.alloc(9 * mebibyte));
    expect(await refusalOf(plan("large.img.xz"))).toEqual({
      code: "IMAGE_UNUSABLE",
      message: `Cannot write large.img.xz to ${device}: its content of 9437184 bytes is larger than the device's 8388608 bytes`,
    });
  });

  test("says that what lies behind the content stays", async () => {
    expect((await plan("raw.img")).warnings).toContain(
      `What lies behind the first ${system.length} bytes of the device stays as it is`,
    );
  });

  test("that is to grow says beforehand when it cannot", async () => {
    const without: Machine = {
      ...machine,
      execute: async (program, args, options) =>
        program === "sfdisk" ? null : machine.execute(program, args, options),
    };
    const work = { kind: "image-write", path: device, image: "raw.img", grow: true } as const;
    expect((await planOf(without, places, makeImageWritePlan, work)).warnings).toContain(
      "It will not be grown: sfdisk is not installed (package fdisk)",
    );
  });

  test("is another one when the image is another one", async () => {
    const path = bench.put("other.img", system);
    const before = await plan("other.img");
    utimesSync(path, new Date(0), new Date("2026-01-02T03:04:05Z"));
    const after = await plan("other.img");
    expect(after.image.modifiedAt).toBe("2026-01-02T03:04:05.000000000Z");
    expect(before.image.modifiedAt).not.toBe(after.image.modifiedAt);
  });

  test.each([
    ["not-there.img", "IMAGE_NOT_FOUND", `there is no such image in ${bench.folder}`],
    ["../outside.img", "IMAGE_NOT_FOUND", `there is no such image in ${bench.folder}`],
    ["..", "IMAGE_NOT_FOUND", `there is no such image in ${bench.folder}`],
    [".hidden.img", "IMAGE_NOT_FOUND", `there is no such image in ${bench.folder}`],
    ["folder.img", "IMAGE_UNUSABLE", "it is no regular file"],
    ["pipe.img", "IMAGE_UNUSABLE", "it is no regular file"],
    ["link.img", "IMAGE_UNUSABLE", "it is a symbolic link"],
    ["empty.img", "IMAGE_UNUSABLE", "it is empty"],
    ["no.img.xz", "IMAGE_UNUSABLE", "it is no xz archive"],
    ["no.img.gz", "IMAGE_UNUSABLE", "it is no gzip archive"],
    ["no.img.zst", "IMAGE_UNUSABLE", "it is no zstd archive"],
    ["gzip.img", "IMAGE_UNUSABLE", "it is a gzip archive, and its name does not end in .gz"],
    ["xz.img.gz", "IMAGE_UNUSABLE", "it is no gzip archive"],
    ["cut.img.xz", "IMAGE_UNUSABLE", "it is no whole xz archive (Compressed data is corrupt)"],
    ["nothing.img.xz", "IMAGE_UNUSABLE", "there is nothing in it"],
    [
      "machine.qcow2",
      "IMAGE_UNUSABLE",
      "it is a qcow2 image, and has to be made a raw one first (qemu-img convert -O raw)",
    ],
  ])("of %s is refused", async (name, code, state) => {
    const refused = await refusalOf(plan(name));
    expect(refused.code).toBe(code);
    expect(refused.message).toContain(`to ${device}: ${state}`);
  });

  test("is refused where the station has no folder of images, or where it is not there", async () => {
    const work = { kind: "image-write", path: device, image: "raw.img", grow: false } as const;
    for (const imagesFolder of [null, `${workshop.folder}/nowhere`]) {
      const refused = await refusalOf(planOf(machine, { ...places, imagesFolder }, makeImageWritePlan, work));
      expect(refused.code).toBe("NO_IMAGES");
    }
  });

  test("is refused where the program that unpacks is not there", async () => {
    const without: Machine = { ...machine, execute: async () => null };
    const work = { kind: "image-write", path: device, image: "system.img.zst", grow: false } as const;
    const refused = await refusalOf(planOf(without, places, makeImageWritePlan, work));
    expect(refused.message).toBe(
      `Cannot write system.img.zst to ${device}: the program zstd is not installed`,
    );
  });
});

describe("carried out on a practice file", () => {
  test("the content is in it, and the findings say what was read back", async () => {
    const planned = await plan("system.img.xz", { sha256: sha256(system) });
    const { context } = workContext(machine, places, planned);
    const report = await carryOutImageWrite(context);
    expect(report).toMatchObject({
      outcome: "done",
      findings: { kind: "image-write", contentBytes: system.length, sha256: sha256(system), grown: null },
    });
    expect(run("cmp", "--bytes", String(system.length), device, bench.put("expected", system))).toBe("");
  });

  test("an image that is another one than was planned is refused, and nothing is written", async () => {
    bench.put("swapped.img", system);
    const planned = await plan("swapped.img");
    bench.put("swapped.img", content(system.length, 9));
    const before = run("sha256sum", device);
    expect(await refusalOf(carryOutImageWrite(workContext(machine, places, planned).context))).toEqual({
      code: "PLAN_CHANGED",
      message: `Cannot write swapped.img to ${device}: the image has changed since the plan was made`,
    });
    expect(run("sha256sum", device)).toBe(before);
  });

  test("an image that is gone is refused", async () => {
    const path = bench.put("gone.img", system);
    const planned = await plan("gone.img");
    run("rm", path);
    const refused = await refusalOf(carryOutImageWrite(workContext(machine, places, planned).context));
    expect(refused.code).toBe("IMAGE_NOT_FOUND");
  });
});

const noLoops = whyNoLoops();
describe.skipIf(noLoops !== null)(`on loop devices${noLoops === null ? "" : ` (${noLoops})`}`, () => {
  test.each([
    ["512", "raw.img"],
    ["4096", "system.img.xz"],
    ["512", "system.img.gz"],
    ["4096", "system.img.zst"],
  ])("with sectors of %s bytes %s is written past the page cache and read back", async (sector, name) => {
    const options = ["--direct-io=on", "--sector-size", sector];
    const path = workshop.attach(workshop.makeFile(5 * mebibyte), ...options);
    const planned = await plan(name, { path });
    const report = await carryOutImageWrite(workContext(machine, places, planned).context);
    expect(report).toMatchObject({
      outcome: "done",
      message: "Every byte was written, and read back as written",
      findings: { sha256: sha256(system), readBack: true },
    });
    run("cmp", "--bytes", String(system.length), path, bench.put("expected", system));
  });

  test("a device that is mounted is refused", async () => {
    const path = workshop.attach(workshop.makeFile(8 * mebibyte));
    run("mke2fs", "-q", path);
    run("mkdir", "--parents", `${workshop.folder}/mounted`);
    workshop.mount(path, `${workshop.folder}/mounted`);
    expect(await refusalOf(plan("raw.img", { path }))).toEqual({
      code: "DEVICE_IN_USE",
      message: `Cannot write to ${path}: it is mounted at ${workshop.folder}/mounted`,
    });
  });

  test("another device under the same name is refused, and not written to", async () => {
    const path = workshop.attach(workshop.makeFile(5 * mebibyte));
    const planned = await plan("raw.img", { path });
    workshop.replace(path, workshop.makeFile(5 * mebibyte));
    const before = run("sha256sum", path);
    const refused = await refusalOf(carryOutImageWrite(workContext(machine, places, planned).context));
    expect(refused.code).toBe("IDENTITY_CHANGED");
    expect(run("sha256sum", path)).toBe(before);
  });
});

import { afterAll, describe, expect, test } from "vitest";
import { openDisk } from "./open-disk.ts";
import { checkDevice } from "../testing/check-device.ts";
import { isInstalled, LoopWorkshop, run, whyNoLoops } from "../testing/loop-device.ts";
import { MemoryDisk } from "../testing/memory-disk.ts";

const sizeBytes = 1024 * 1024 + 4096;
const workshop = new LoopWorkshop();
afterAll(() => workshop.removeAll());

checkDevice("a disk in memory", sizeBytes, async () => new MemoryDisk({ sizeBytes }));
checkDevice("a file", sizeBytes, () => openDisk(workshop.makeFile(sizeBytes)));

test("a path that leads nowhere is not created", async () => {
  await expect(openDisk(`${workshop.folder}/nothing`)).rejects.toMatchObject({ code: "ENOENT" });
});

test("a symbolic link is not followed", async () => {
  const link = `${workshop.folder}/link`;
  run("ln", "--symbolic", workshop.makeFile(4096), link);
  await expect(openDisk(link)).rejects.toMatchObject({ code: "ELOOP" });
});

const noLoops = whyNoLoops();
describe.skipIf(noLoops !== null)(`on loop devices${noLoops === null ? "" : ` (${noLoops})`}`, () => {
  checkDevice("a loop device", sizeBytes, () => openDisk(workshop.attach(workshop.makeFile(sizeBytes))));
  checkDevice("a loop device with sectors of 4096 bytes", sizeBytes, () =>
    openDisk(workshop.attach(workshop.makeFile(sizeBytes), "--sector-size", "4096")),
  );

  test("an open disk is claimed: nobody else can open it exclusively", async () => {
    const device = workshop.attach(workshop.makeFile(sizeBytes));
    const disk = await openDisk(device);
    await expect(openDisk(device)).rejects.toMatchObject({ code: "EBUSY" });
    await disk.close();
    await (await openDisk(device)).close();
  });

  test.each([
    ["on", true],
    ["off", false],
  ])(
    "a loop device whose file is opened with direct I/O %s is past memory: %s",
    async (directIo, isDirect) => {
      const disk = await openDisk(workshop.attach(workshop.makeFile(sizeBytes), `--direct-io=${directIo}`));
      expect(disk.direct).toBe(isDirect);
      expect(disk.file.kind).toBe("block");
      await disk.close();
    },
  );

  test.skipIf(!isInstalled("mkfs.ext4"))("a mounted disk cannot be opened", async () => {
    const device = workshop.attach(workshop.makeFile(8 * sizeBytes));
    run("mkfs.ext4", "-q", device);
    run("mkdir", `${workshop.folder}/mounted`);
    workshop.mount(device, `${workshop.folder}/mounted`);
    await expect(openDisk(device)).rejects.toMatchObject({ code: "EBUSY" });
  });
});

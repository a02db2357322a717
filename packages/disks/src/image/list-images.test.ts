import { expect, test } from "vitest";
import { memoryMachine } from "../testing/memory-machine.ts";
import { listImages } from "./list-images.ts";

const folder = "/srv/images";
const places = { practiceFolder: null, imagesFolder: folder, needed: [], protected: [] };

const machine = memoryMachine({
  [`${folder}/debian.img.xz`]: { kind: "regular", sizeBytes: 1234, modified: "1767323045678000001" },
  [`${folder}/raw disk.IMG`]: { kind: "regular", sizeBytes: 512, modified: "0" },
  [`${folder}/system.GZ`]: { kind: "regular", sizeBytes: 1 },
  [`${folder}/system.zst`]: { kind: "regular", sizeBytes: 1 },
  [`${folder}/.debian.img.part`]: { kind: "regular", sizeBytes: 99 },
  [`${folder}/folder.img/inner.img`]: { kind: "regular", sizeBytes: 1 },
  [`${folder}/pipe.img`]: { kind: "other" },
  [`${folder}/disk.img`]: { number: "8:0" },
  [`${folder}/link.img`]: { link: `${folder}/debian.img.xz` },
  [`${folder}/bad\u001b[2Jname.img`]: { kind: "regular", sizeBytes: 1 },
});

test("only regular files are images; hidden ones, links and names that cannot be shown are not", async () => {
  const images = await listImages(machine, places);
  expect(images.map(({ name, format }) => [name, format])).toEqual([
    ["debian.img.xz", "xz"],
    ["raw disk.IMG", "raw"],
    ["system.GZ", "gz"],
    ["system.zst", "zst"],
  ]);
});

test("an image is listed with its size and with when it was last written, to the nanosecond", async () => {
  const [debian] = await listImages(machine, places);
  expect(debian).toEqual({
    name: "debian.img.xz",
    format: "xz",
    sizeBytes: 1234,
    modifiedAt: "2026-01-02T03:04:05.678000001Z",
  });
});

test("a station without a folder of images says so, and one whose folder is gone", async () => {
  await expect(listImages(machine, { ...places, imagesFolder: null })).rejects.toMatchObject({
    code: "NO_IMAGES",
    message: "This station has no folder of images",
  });
  await expect(listImages(machine, { ...places, imagesFolder: "/srv/none" })).rejects.toMatchObject({
    code: "NO_IMAGES",
    message: "Cannot look for images in /srv/none: there is no such folder",
  });
});

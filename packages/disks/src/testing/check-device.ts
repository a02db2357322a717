/** What every open disk promises; memory, file and loop device all pass it. */
import { expect, test } from "vitest";
import { alignedMemory } from "../disk/aligned-memory.ts";
import type { Disk } from "../disk/disk.ts";

/** `open` gives a disk of `sizeBytes` bytes, a multiple of 4096, with nothing on it that matters. */
export function checkDevice(name: string, sizeBytes: number, open: () => Promise<Disk>): void {
  async function withDisk(use: (disk: Disk) => Promise<void>) {
    const disk = await open();
    try {
      await use(disk);
    } finally {
      await disk.close();
    }
  }

  test(`${name} knows its size`, () => withDisk(async (disk) => expect(disk.sizeBytes).toBe(sizeBytes)));

  test(`${name} gives back what was written, and only there`, () =>
    withDisk(async (disk) => {
      await disk.write([filled(4096 * 3, 0x11)], 0);
      await disk.write([filled(4096, 0x22)], 4096);
      await disk.flush();
      const found = filled(4096 * 3, 0);
      expect(await disk.read(found, 0)).toBe(found.length);
      expect([found[4095], found[4096], found[8191], found[8192]]).toEqual([0x11, 0x22, 0x22, 0x11]);
    }));

  test(`${name} takes parts one behind the other, the same memory twice too`, () =>
    withDisk(async (disk) => {
      const [one, two] = [filled(4096, 0x11), filled(8192, 0x22)];
      expect(await disk.write([one, two, one], 4096)).toBe(16_384);
      const found = filled(16_384, 0);
      await disk.read(found, 4096);
      expect(Buffer.concat([one, two, one]).equals(found)).toBe(true);
    }));

  test(`${name} reads no byte past its end`, () =>
    withDisk(async (disk) => {
      expect(await disk.read(filled(8192, 0), sizeBytes - 4096)).toBe(4096);
      expect(await disk.read(filled(4096, 0), sizeBytes)).toBe(0);
    }));

  test(`${name} writes its last byte and reads it`, () =>
    withDisk(async (disk) => {
      expect(await disk.write([filled(4096, 0x33)], sizeBytes - 4096)).toBe(4096);
      const found = filled(4096, 0);
      await disk.read(found, sizeBytes - 4096);
      expect(found.at(-1)).toBe(0x33);
    }));

  test(`${name} takes several operations at once`, () =>
    withDisk(async (disk) => {
      await Promise.all([1, 2, 3, 4].map((i) => disk.write([filled(4096, i)], i * 4096)));
      const found = await Promise.all([1, 2, 3, 4].map((i) => readFirstByte(disk, i * 4096)));
      expect(found).toEqual([1, 2, 3, 4]);
    }));
}

async function readFirstByte(disk: Disk, offset: number): Promise<number | undefined> {
  const found = filled(4096, 0);
  await disk.read(found, offset);
  return found[0];
}

function filled(lengthBytes: number, byte: number): Uint8Array {
  return alignedMemory(lengthBytes).fill(byte);
}

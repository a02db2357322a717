import { expect, test } from "vitest";
import { sasDisk, sataDisk, sataFolder, TB } from "../testing/disks-in-sysfs.ts";
import { memoryMachine, type Tree } from "../testing/memory-machine.ts";
import { modelOf, serialOf, wwnOf } from "./names.ts";

const plain = { name: "sda", number: "8:0", sizeBytes: TB };
const folder = `/sys/devices/${sataFolder(1)}/block/sda`;
const on = (tree: Tree) => memoryMachine(tree);

test("an ATA disk's model is told in full, not in the 16 characters that SCSI has for it", async () => {
  for (const model of ["Samsung SSD 860 EVO 1TB", "QEMU HARDDISK", "ST4000VN008-2DR166"]) {
    expect(await modelOf(on(sataDisk(1, { ...plain, model })), folder)).toBe(model);
  }
});

test("an older kernel, which does not show page 89h, leaves the 16 characters", async () => {
  const { [`${folder}/device/vpd_pg89`]: _absent, ...older } = sataDisk(1, {
    ...plain,
    model: "Samsung SSD 860 EVO 1TB",
  });
  expect(await modelOf(on(older), folder)).toBe("Samsung SSD 860");
});

test("a SCSI disk's model is told with its maker, once", async () => {
  const tree = sasDisk(0, { ...plain, model: "ST4000NM0023" });
  const at = Object.keys(tree).find((path) => path.endsWith("/block/sda/dev"));
  const sas = at!.slice(0, -"/dev".length);
  expect(await modelOf(on(tree), sas)).toBe("SEAGATE ST4000NM0023");
  const twice = { ...tree, [`${sas}/device/model`]: "SEAGATE ST4000" };
  expect(await modelOf(on(twice), sas)).toBe("SEAGATE ST4000");
});

test.each([
  ["0000000000000000", null],
  ["                ", null],
  ["0123456789ABCDEF", null],
  ["123456789012", null],
  ["\u0000\u0001", null],
  ["  WD-1 ", "WD-1"],
  ["WD\u001B[2J-1\u202E", "WD[2J-1"],
  ["000000000001", "000000000001"],
])("the serial number %j is read as %j", async (serial, read) => {
  expect(await serialOf(on(sataDisk(1, { ...plain, serial })), folder)).toBe(read);
});

test("a name made of maker, model and serial number is no world-wide name, nor is one of zeros", async () => {
  const wwns = [
    ["naa.5000c50057700abc", "naa.5000c50057700abc"],
    ["t10.ATA     QEMU HARDDISK                           QM00001", null],
    ["eui.0000000000000000", null],
  ] as const;
  for (const [wwn, read] of wwns) {
    expect(await wwnOf(on(sataDisk(1, { ...plain, wwn })), folder)).toBe(read);
  }
});

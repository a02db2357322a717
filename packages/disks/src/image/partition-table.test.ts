import { expect, test } from "vitest";
import { memoryMachine } from "../testing/memory-machine.ts";
import {
  containerOf,
  isOnlyGrown,
  lastPartition,
  readPartitionTable,
  type PartitionTable,
} from "./partition-table.ts";

interface Row {
  readonly node: string;
  readonly start: number;
  readonly size: number;
  readonly type: string;
  readonly uuid?: string;
}

async function tableOf(
  label: "gpt" | "dos",
  partitions: readonly Row[],
  path = "/dev/sdb",
): Promise<PartitionTable> {
  const said = { partitiontable: { label, device: path, unit: "sectors", sectorsize: 512, partitions } };
  const tools = { [`sfdisk --json --no-reread ${path}`]: { stdout: JSON.stringify(said) } };
  const table = await readPartitionTable(memoryMachine({}, { tools }), path);
  if (table === null) throw new Error("There is no table");
  return table;
}

const boot = { node: "/dev/sdb1", start: 2048, size: 4096, type: "c" };
const root = { node: "/dev/sdb2", start: 6144, size: 8192, type: "83" };

test("the last partition is the one that ends last, whatever its number", async () => {
  const table = await tableOf("gpt", [{ ...boot, start: 20_000 }, root]);
  expect(lastPartition(table)).toMatchObject({ path: "/dev/sdb1", number: 1 });
});

test("an extended partition is no partition; the last logical one in it is", async () => {
  const extended = { node: "/dev/sdb3", start: 20_000, size: 40_000, type: "5" };
  const logical = { node: "/dev/sdb5", start: 22_048, size: 30_000, type: "83" };
  const table = await tableOf("dos", [boot, root, extended, logical]);
  const last = lastPartition(table);
  expect(last).toMatchObject({ number: 5 });
  expect(containerOf(table, last!)).toMatchObject({ number: 3 });
  expect(containerOf(table, table.partitions[1]!)).toBeNull();
});

test("a partition's number is told from its device's, which may end in a digit", async () => {
  const path = "/dev/nvme0n1";
  const table = await tableOf("gpt", [{ ...root, node: `${path}p12` }], path);
  expect(lastPartition(table)?.number).toBe(12);
});

test("a disk without a table has none", async () => {
  const tools = { "sfdisk --json --no-reread /dev/sdb": { exitCode: 1 } };
  expect(await readPartitionTable(memoryMachine({}, { tools }), "/dev/sdb")).toBeNull();
});

test("only the size of one partition may have changed, and only upwards", async () => {
  const before = await tableOf("gpt", [boot, { ...root, uuid: "A" }]);
  const after = (rows: readonly Row[]) => tableOf("gpt", rows);
  const grown = { ...root, uuid: "A", size: 100_000 };
  expect(isOnlyGrown(before, await after([boot, grown]), [2])).toBe(true);
  expect(isOnlyGrown(before, await after([boot, { ...grown, size: 4096 }]), [2])).toBe(false);
  expect(isOnlyGrown(before, await after([boot, { ...grown, start: 8192 }]), [2])).toBe(false);
  expect(isOnlyGrown(before, await after([boot, { ...grown, uuid: "B" }]), [2])).toBe(false);
  expect(isOnlyGrown(before, await after([{ ...boot, size: 4097 }, grown]), [2])).toBe(false);
  expect(isOnlyGrown(before, await after([boot]), [2])).toBe(false);
  expect(isOnlyGrown(before, await tableOf("dos", [boot, grown]), [2])).toBe(false);
});

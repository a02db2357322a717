/** A disk's partition table, as sfdisk(8) tells it. */
import type { Machine } from "../machine/machine.ts";

export interface Partition {
  /** "/dev/sdb2" */
  readonly path: string;
  /** Counted from 1, as in the path. */
  readonly number: number;
  /** In sectors, as all of the table. */
  readonly start: number;
  readonly size: number;
  readonly type: string;
  /** All that the table says of it but its size: must be the same after growing. */
  readonly otherwise: string;
}

export interface PartitionTable {
  /** "gpt", "dos" */
  readonly label: string;
  readonly sectorBytes: number;
  readonly partitions: readonly Partition[];
}

export const tableLimitMs = 60_000;

/** Null when the disk has none. Throws when sfdisk is not there. */
export async function readPartitionTable(machine: Machine, path: string): Promise<PartitionTable | null> {
  const args = ["--json", "--no-reread", path];
  const said = await machine.execute("sfdisk", args, { limitMs: tableLimitMs });
  if (said === null) throw new Error("sfdisk is not installed (package fdisk)");
  if (said.exitCode !== 0) return null;
  return parseTable(said.stdout, path);
}

interface SfdiskPartition extends Readonly<Record<string, unknown>> {
  readonly node: string;
  readonly start: number;
  readonly size: number;
  readonly type: string;
}

function parseTable(text: string, path: string): PartitionTable {
  const { partitiontable: table }: { partitiontable: SfdiskTable } = JSON.parse(text);
  const partitions = (table.partitions ?? []).map(({ node, start, size, type, ...rest }) => ({
    path: node,
    number: Number(/\d+$/.exec(node.slice(path.length))?.[0] ?? 0),
    start,
    size,
    type,
    otherwise: JSON.stringify({ node, start, type, ...rest }),
  }));
  return { label: table.label, sectorBytes: table.sectorsize ?? 512, partitions };
}

interface SfdiskTable {
  readonly label: string;
  readonly sectorsize?: number;
  readonly partitions?: readonly SfdiskPartition[];
}

/** The containers of logical partitions in a DOS table are no partitions of their own. */
const extendedTypes = new Set(["5", "f", "85"]);

/** The one that ends last, which is not always the one with the highest number. */
export function lastPartition({ label, partitions }: PartitionTable): Partition | null {
  const real = partitions.filter(({ type }) => label !== "dos" || !extendedTypes.has(type));
  const byEnd = real.toSorted((a, b) => a.start + a.size - (b.start + b.size));
  return byEnd.at(-1) ?? null;
}

/** The extended partition that a logical one of a DOS table is in; null of all others. */
export function containerOf({ label, partitions }: PartitionTable, partition: Partition): Partition | null {
  if (label !== "dos" || partition.number <= 4) return null;
  const isAround = ({ type, start, size }: Partition): boolean =>
    extendedTypes.has(type) && start < partition.start && partition.start < start + size;
  return partitions.find(isAround) ?? null;
}

/** True when nothing but the sizes of those partitions differs. */
export function isOnlyGrown(
  before: PartitionTable,
  after: PartitionTable,
  numbers: readonly number[],
): boolean {
  return (
    before.label === after.label &&
    before.partitions.length === after.partitions.length &&
    before.partitions.every((was, i) => {
      const is = after.partitions[i];
      if (is === undefined || was.otherwise !== is.otherwise) return false;
      return numbers.includes(was.number) ? is.size >= was.size : is.size === was.size;
    })
  );
}

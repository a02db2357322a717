import {
  eraseMethods,
  findFirmwareErase,
  findOverwrite,
  methodPassesText,
  nearestWord,
} from "@trofie/contract";
import { Exit } from "./exit-codes.ts";
import type { AddCommand, Common } from "./program.ts";
import { factLines } from "./report-parts.ts";
import { tableWidth } from "./screen.ts";
import { formatTable, type Column } from "./table.ts";

/** `trofie methods`: every method of erasing, from the one table that the station has too; asks no station. */
export const addMethods: AddCommand = (parent, common) => {
  parent
    .command("methods")
    .description("list the erase methods; with one's id, also where it comes from")
    .argument("[id]")
    .action((id) => (id === undefined ? showMethods(common()) : showMethod(id, common())));
};

const columns: readonly Column[] = [
  { title: "METHOD" },
  { title: "LEVEL" },
  { title: "TITLE", least: 24 },
  { title: "PASSES", least: 16, isOptional: true },
];

function showMethods({ json }: Pick<Common, "json">): void {
  const methods = Object.keys(eraseMethods).map(methodOf);
  if (json) return console.log(JSON.stringify({ methods }));
  const rows = methods.map(({ id, level, levelOn, title, passesText }) => [
    id,
    levelOn === "hard disks" ? `${level} (HDD)` : level,
    title,
    passesText,
  ]);
  console.log(formatTable(columns, rows, tableWidth()));
}

function showMethod(id: string, { json }: Pick<Common, "json">): void {
  if (!Object.hasOwn(eraseMethods, id)) {
    const nearest = nearestWord(id, Object.keys(eraseMethods));
    const hint = nearest === null ? "" : `; the nearest is ${nearest}`;
    throw new Exit("usage", `Cannot show the method ${id}: there is none${hint}`);
  }
  const method = methodOf(id);
  if (json) return console.log(JSON.stringify({ method }));
  const { title, level, levelOn, source, note = null, passesText, verify } = method;
  const facts = factLines([
    ["passes", passesText],
    ["read back", readBack[verify ?? "itself"]],
    ["source", source],
    ["note", note],
  ]);
  console.log([`${id}: ${title} (${level}${levelOn === null ? "" : ` on ${levelOn}`})`, ...facts].join("\n"));
}

/** At the least: an erase may have every pass read back. */
const readBack = {
  last: "the last pass",
  round: "the last pass of each round",
  itself: "samples from before and after are compared",
} as const;

/** `passes` are the words of a method file; null of a command of the disk's own. */
function methodOf(id: string) {
  const { title, source, note, level } = eraseMethods[id]!;
  const overwrite = findOverwrite(id);
  const { passes = null, finally: last = [], shuffled = null, verify = null } = overwrite ?? {};
  return {
    id,
    title,
    level,
    levelOn: findFirmwareErase(id)?.levelOn ?? null,
    passesText: methodPassesText(id),
    passes,
    finally: last,
    shuffled,
    verify,
    source,
    note,
  };
}

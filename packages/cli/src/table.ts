/** Tables for a terminal of any width, and whole ones for programs. */

export interface Column {
  readonly title: string;
  /** On a narrow terminal it may be cut down to this many characters; whole without it. */
  readonly least?: number;
  /** On a terminal that is narrower still it is left out. */
  readonly isOptional?: boolean;
}

const gap = "  ";

/** Columns as wide as their widest cell, two spaces apart, and made to fit into `most` characters. */
export function formatTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  most: number,
): string {
  const cells = columns.map(({ title }, i) => [title, ...rows.map((row) => row[i] ?? "")]);
  const shown = columnsThatFit(columns, cells, most);
  const widths = cutToFit(shown, most);
  return [columns, ...rows]
    .map((_, line) =>
      shown
        .map(({ texts }, i) => cut(texts[line]!, widths[i]!).padEnd(widths[i]!))
        .join(gap)
        .trimEnd(),
    )
    .join("\n");
}

interface Shown {
  readonly texts: readonly string[];
  readonly width: number;
  readonly least: number;
}

/** All columns, but without the optional ones, last first, while not even their least widths fit. */
function columnsThatFit(
  columns: readonly Column[],
  cells: readonly (readonly string[])[],
  most: number,
): Shown[] {
  const all = columns.map(({ least, isOptional = false }, i) => {
    const width = Math.max(...cells[i]!.map(({ length }) => length));
    return { texts: cells[i]!, width, least: Math.min(least ?? width, width), isOptional };
  });
  while (totalWidth(all.map(({ least }) => least)) > most) {
    const dispensable = all.findLastIndex(({ isOptional }) => isOptional);
    if (dispensable === -1) break;
    all.splice(dispensable, 1);
  }
  return all;
}

/** Takes from the widest column that may be cut, again and again. */
function cutToFit(shown: readonly Shown[], most: number): number[] {
  const widths = shown.map(({ width }) => width);
  while (totalWidth(widths) > most) {
    const mayGive = widths.map((width, i) => (width > shown[i]!.least ? width : 0));
    const widest = Math.max(...mayGive);
    if (widest === 0) break;
    widths[mayGive.indexOf(widest)]! -= 1;
  }
  return widths;
}

function totalWidth(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, (widths.length - 1) * gap.length);
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}

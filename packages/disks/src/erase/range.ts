/** Ranges of bytes on a disk: in order, not overlapping, none empty. */
export interface Range {
  readonly offset: number;
  readonly lengthBytes: number;
}

export function endOf({ offset, lengthBytes }: Range): number {
  return offset + lengthBytes;
}

export function bytesOf(ranges: readonly Range[]): number {
  return ranges.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
}

export function between(offset: number, end: number): Range {
  return { offset, lengthBytes: end - offset };
}

/** Ranges in any order, in order and with neighbours made one. */
export function joined(ranges: readonly Range[]): Range[] {
  const result: Range[] = [];
  for (const range of ranges.toSorted((a, b) => a.offset - b.offset)) {
    const last = result.at(-1);
    if (last === undefined || range.offset > endOf(last)) result.push(between(range.offset, endOf(range)));
    else result[result.length - 1] = between(last.offset, Math.max(endOf(last), endOf(range)));
  }
  return result;
}

/** What of `ranges` lies outside all of `holes`; both in order. */
export function without(ranges: readonly Range[], holes: readonly Range[]): Range[] {
  const left: Range[] = [];
  let hole = 0;
  for (const range of ranges) {
    let from = range.offset;
    while (hole < holes.length && endOf(holes[hole]!) <= from) hole++;
    for (let i = hole; i < holes.length && holes[i]!.offset < endOf(range); i++) {
      if (holes[i]!.offset > from) left.push(between(from, holes[i]!.offset));
      from = Math.max(from, endOf(holes[i]!));
    }
    if (from < endOf(range)) left.push(between(from, endOf(range)));
  }
  return left;
}

/** What of `ranges` lies within [from, to). */
export function within(ranges: readonly Range[], from: number, to: number): Range[] {
  return ranges.flatMap((range) => {
    const start = Math.max(range.offset, from);
    const end = Math.min(endOf(range), to);
    return start < end ? [between(start, end)] : [];
  });
}

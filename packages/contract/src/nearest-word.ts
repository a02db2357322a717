/** The word that somebody has most likely meant; null when none is near. */
export function nearestWord(written: string, words: readonly string[]): string | null {
  const most = Math.min(3, Math.floor(written.length / 2));
  const near = words
    .map((word) => ({ word, changes: changesBetween(written.toLowerCase(), word) }))
    .filter(({ changes }) => changes <= most)
    .toSorted((a, b) => a.changes - b.changes);
  return near[0]?.word ?? null;
}

/** How many letters must be put in, taken out or changed (Levenshtein 1966), row by row. */
function changesBetween(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 0; i < a.length; i += 1) {
    const row = [i + 1];
    for (let j = 0; j < b.length; j += 1)
      row.push(Math.min(above[j + 1]! + 1, row[j]! + 1, above[j]! + (a[i] === b[j] ? 0 : 1)));
    above = row;
  }
  return above.at(-1)!;
}

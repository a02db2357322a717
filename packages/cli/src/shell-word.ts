/** A word as it is written on a shell's command line: in quotes where something in it means more there (POSIX sh §2.2). */
export function shellWord(word: string): string {
  return /^[\w%+,./:=@-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

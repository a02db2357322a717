/** What somebody else has written must not move our cursor, forge a line or turn the order of letters. */
export function harmless(text: string): string {
  return text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, "");
}

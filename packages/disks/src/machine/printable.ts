/**
 * Text that comes from a disk or from a file's name, fit to be shown: without control characters, which could move a
 * terminal's cursor or forge a line, without marks that turn the direction of writing, and trimmed. Null when nothing is left.
 */
export function printable(text: string | null): string | null {
  const shown = text?.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\uFFFD]/gu, "").trim() ?? "";
  return shown === "" ? null : shown;
}

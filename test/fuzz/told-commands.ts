/** What a station must have decided of each command it was ever given: the exactly-once of docs/protocol.md. */

/** How a command came out: accepted, or refused for good. */
export type ToldVerdict = "accepted" | { readonly refused: string };

export interface ToldCommand {
  readonly cmd: string;
  readonly content: string;
  readonly principal: string;
  readonly verdict: ToldVerdict;
}

/** The same text for the same content, in whatever order its members came. */
export function contentOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(contentOf).join()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, inner]) => `${JSON.stringify(key)}:${contentOf(inner)}`).join()}}`;
}

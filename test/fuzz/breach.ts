/** Something has happened that must never happen. */
export class Breach extends Error {
  override readonly name = "Breach";
}

export function broken(what: string, cause?: unknown): never {
  throw new Breach(what, { cause });
}

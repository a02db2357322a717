/** Something has happened that must never happen; `hang`: something has not happened that must. */
export class Breach extends Error {
  override readonly name = "Breach";
  readonly kind: "crash" | "hang";

  constructor(kind: "crash" | "hang", message: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
  }
}

export function broken(what: string, cause?: unknown): never {
  throw new Breach("crash", what, cause);
}

export function hung(what: string): never {
  throw new Breach("hang", what);
}

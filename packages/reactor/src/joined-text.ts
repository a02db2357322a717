/**
 * Joins the same two texts once for many: whoever has the same text waiting gets the very same joined one. V8 keeps a
 * joined text as two halves and lays it out when it is sent; a text that is shared is laid out once.
 */
export class JoinedText {
  #before = "";
  #joined: string;
  readonly #added: string;

  constructor(added: string) {
    this.#added = added;
    this.#joined = added;
  }

  get length(): number {
    return this.#added.length;
  }

  after(before: string): string {
    if (before !== this.#before) {
      this.#before = before;
      this.#joined = before + this.#added;
    }
    return this.#joined;
  }
}

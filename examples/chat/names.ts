/** The names that guests have; nobody else gets one that looks the same but for capitals. */
export class Names {
  readonly #taken = new Set<string>();
  #guests = 0;

  /** Takes the name, and says whether it was free. */
  take(name: string): boolean {
    const key = keyOf(name);
    if (this.#taken.has(key)) return false;
    this.#taken.add(key);
    return true;
  }

  /** Takes a name for somebody who has not chosen one. */
  takeAny(): string {
    for (;;) {
      const name = `guest${++this.#guests}`;
      if (this.take(name)) return name;
    }
  }

  /** Takes another name for an old one, and says whether it was free. */
  exchange(name: string, next: string): boolean {
    this.release(name);
    if (this.take(next)) return true;
    this.take(name);
    return false;
  }

  release(name: string): void {
    this.#taken.delete(keyOf(name));
  }
}

function keyOf(name: string): string {
  return name.normalize("NFKC").toLowerCase();
}

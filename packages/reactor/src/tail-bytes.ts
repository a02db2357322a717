const FIRST_CAPACITY = 256;
const NOTHING = new Uint8Array(0);

/** Bytes that wait for the rest of their line. Grows by doubling, so that appending is linear in all. */
export class TailBytes {
  #bytes = NOTHING;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** The last byte, or `undefined` when there is none. */
  get last(): number | undefined {
    return this.#length > 0 ? this.#bytes[this.#length - 1] : undefined;
  }

  append(more: Uint8Array): void {
    if (more.length === 0) return;
    this.#makeRoom(this.#length + more.length);
    this.#bytes.set(more, this.#length);
    this.#length += more.length;
  }

  /** All that waited, followed by `more`; nothing waits afterwards. */
  takeWith(more: Uint8Array): Uint8Array {
    if (this.#length === 0) return more;
    this.append(more);
    const all = this.#bytes.subarray(0, this.#length);
    this.clear();
    return all;
  }

  /** A copy of all that waits. */
  copy(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  clear(): void {
    this.#bytes = NOTHING;
    this.#length = 0;
  }

  #makeRoom(length: number): void {
    if (length <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(length, this.#bytes.length * 2, FIRST_CAPACITY));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}

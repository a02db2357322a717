const encoder = new TextEncoder();

/** Bytes that wait, in order, and leave in pieces of any size. Text is encoded; bytes are not copied. */
export class ByteQueue {
  #parts: Uint8Array[] = [];
  /** Those before it have left. */
  #first = 0;
  #length = 0;

  /** How many bytes wait. */
  get length(): number {
    return this.#length;
  }

  add(data: string | Uint8Array): void {
    const bytes = typeof data === "string" ? encoder.encode(data) : data;
    if (bytes.length === 0) return;
    this.#parts.push(bytes);
    this.#length += bytes.length;
  }

  /** The first of them: at most `mostBytes`, and no more than were added at once. Nothing waiting is an error. */
  take(mostBytes: number): Uint8Array {
    const part = this.#parts[this.#first];
    if (!part) throw new RangeError("Cannot take bytes: none wait");
    const taken = part.subarray(0, mostBytes);
    this.#length -= taken.length;
    if (taken.length < part.length) this.#parts[this.#first] = part.subarray(mostBytes);
    else this.#leave();
    return taken;
  }

  #leave(): void {
    this.#first += 1;
    if (this.#first * 2 < this.#parts.length) return;
    this.#parts = this.#parts.slice(this.#first);
    this.#first = 0;
  }
}

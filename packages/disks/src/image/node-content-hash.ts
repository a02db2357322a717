/** SHA-256 (FIPS 180-4) of what passes by. */
import { createHash } from "node:crypto";

export class ContentHash {
  readonly #hash = createHash("sha256");
  #lengthBytes = 0;

  add(bytes: Uint8Array): void {
    this.#hash.update(bytes);
    this.#lengthBytes += bytes.length;
  }

  get lengthBytes(): number {
    return this.#lengthBytes;
  }

  /** Nothing can be added after it. */
  hex(): string {
    return this.#hash.digest("hex");
  }
}

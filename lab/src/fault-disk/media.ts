/** What is on a disk, whatever the disk says is on it: tests fill it before and look at it afterwards. */
export class Media {
  readonly sizeBytes: number;
  readonly #bytes: Buffer;

  constructor(sizeBytes: number) {
    this.sizeBytes = sizeBytes;
    this.#bytes = Buffer.alloc(sizeBytes);
  }

  /** A byte, or a text that is repeated: `fill("SECRET\n")` leaves something that a person would recognise. */
  fill(content: number | string): void {
    this.#bytes.fill(content);
  }

  /** A copy: what is written later does not change it. */
  peek(offsetBytes: number, lengthBytes: number): Buffer {
    return Buffer.from(this.#bytes.subarray(offsetBytes, offsetBytes + lengthBytes));
  }

  put(offsetBytes: number, content: Uint8Array): void {
    this.#bytes.set(content, offsetBytes);
  }

  fillRange(offsetBytes: number, lengthBytes: number, byte: number): void {
    this.#bytes.fill(byte, offsetBytes, offsetBytes + lengthBytes);
  }

  /** How many bytes are anything but `byte`. 0 after a pass of that byte that told the truth. */
  countOthers(byte: number): number {
    const same = Buffer.alloc(comparedBytes, byte);
    let others = 0;
    for (let offset = 0; offset < this.sizeBytes; offset += comparedBytes) {
      const piece = this.#bytes.subarray(offset, offset + comparedBytes);
      if (piece.equals(same.subarray(0, piece.length))) continue;
      for (const found of piece) if (found !== byte) others++;
    }
    return others;
  }
}

const comparedBytes = 65536;

/**
 * Memory that direct I/O accepts. The kernel wants buffers aligned to the device's `dma_alignment`, which ordinary
 * Node buffers are not (EINVAL); a WebAssembly memory is page-aligned.
 *
 * The garbage collector takes its time over such memory: 70 MB and more of it pile up before it comes. Whoever needs
 * some again and again keeps it, or borrows it.
 */
const wasmPageBytes = 65536;

/** Direct I/O takes memory that begins at a multiple of this, whatever the sector. */
export const pageBytes = 4096;

export function alignedMemory(sizeBytes: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(makeMemory(sizeBytes).buffer, 0, sizeBytes);
}

function makeMemory(sizeBytes: number): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: Math.ceil(sizeBytes / wasmPageBytes) });
}

/**
 * The least that is made to be lent: what a verification needs, the largest of all, finds room in what writing gave back.
 * What nobody touches of it costs nothing.
 */
const leastLentBytes = 2 * 1024 * 1024 + pageBytes;

const givenBack = new Set<WebAssembly.Memory>();

/** Memory for a while: at least so many bytes, with whatever was left in them. */
export class BorrowedMemory {
  readonly #memory: WebAssembly.Memory;
  #isMine = true;

  constructor(sizeBytes: number) {
    const found = [...givenBack].find(({ buffer }) => buffer.byteLength >= sizeBytes);
    this.#memory = found ?? makeMemory(Math.max(sizeBytes, leastLentBytes));
    givenBack.delete(this.#memory);
  }

  /** Throws when it was given back: somebody else may be at work in it. */
  get memory(): WebAssembly.Memory {
    if (!this.#isMine) throw new Error("Cannot use borrowed memory: it was given back");
    return this.#memory;
  }

  giveBack(): void {
    if (this.#isMine) givenBack.add(this.#memory);
    this.#isMine = false;
  }
}

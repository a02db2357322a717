import type { Media } from "./media.ts";

/** The cache's grain: the kernel writes whole pages, so a torn page is not one of the faults. */
const blockBytes = 4096;

/** A drive's write cache: a write is acknowledged from here, and is on the media only after a flush. */
export class VolatileCache {
  readonly #media: Media;
  readonly #blocks = new Map<number, Buffer>();

  constructor(media: Media) {
    this.#media = media;
  }

  get unflushedBytes(): number {
    return this.#blocks.size * blockBytes;
  }

  write(offsetBytes: number, content: Buffer): void {
    for (const part of blockParts(offsetBytes, content.length)) {
      content.copy(this.#cached(part.block), part.inBlock, part.inContent, part.inContent + part.lengthBytes);
    }
  }

  read(offsetBytes: number, lengthBytes: number): Buffer {
    const found = this.#media.peek(offsetBytes, lengthBytes);
    if (this.#blocks.size === 0) return found;
    for (const part of blockParts(offsetBytes, lengthBytes)) {
      const block = this.#blocks.get(part.block);
      block?.copy(found, part.inContent, part.inBlock, part.inBlock + part.lengthBytes);
    }
    return found;
  }

  /** Forced unit access: this write is on the media, and no other is there because of it. */
  writeThrough(offsetBytes: number, content: Buffer): void {
    this.#media.put(offsetBytes, content);
    for (const part of blockParts(offsetBytes, content.length)) {
      const block = this.#blocks.get(part.block);
      if (block) content.copy(block, part.inBlock, part.inContent, part.inContent + part.lengthBytes);
    }
  }

  flush(): void {
    for (const [block, content] of this.#blocks) this.#media.put(block * blockBytes, content);
    this.#blocks.clear();
  }

  /** The power fails: what was acknowledged and not flushed has never been written. */
  lose(): void {
    this.#blocks.clear();
  }

  #cached(block: number): Buffer {
    let content = this.#blocks.get(block);
    if (!content) this.#blocks.set(block, (content = this.#media.peek(block * blockBytes, blockBytes)));
    return content;
  }
}

/** The blocks that a range touches, and where the range and each block overlap. */
function* blockParts(offsetBytes: number, lengthBytes: number) {
  for (let inContent = 0; inContent < lengthBytes;) {
    const inBlock = (offsetBytes + inContent) % blockBytes;
    const part = {
      block: Math.floor((offsetBytes + inContent) / blockBytes),
      inBlock,
      inContent,
      lengthBytes: Math.min(blockBytes - inBlock, lengthBytes - inContent),
    };
    yield part;
    inContent += part.lengthBytes;
  }
}

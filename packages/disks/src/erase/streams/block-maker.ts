/** Makes what belongs on a device, block by block, in memory that direct I/O accepts. */
import type { Fill, Stream } from "@trofie/contract";
import { BorrowedMemory, pageBytes } from "../../disk/aligned-memory.ts";
import { patternMaker } from "../pattern.ts";
import { blockBytes, checkRange, type BlockMaker } from "./block.ts";
import { chaChaStream } from "./chacha.ts";
import { cipherStream } from "./node-cipher.ts";
import type { WriteStream } from "./stream.ts";

export { blockBytes, type BlockMaker } from "./block.ts";

/** `lanes`: how many blocks can be in use at a time. `longest`: of how many bytes, at most `blockBytes`. */
export function blockMaker(fill: Fill, lanes: number, longest = blockBytes): BlockMaker {
  return fill.kind === "pattern" ? patternMaker(fill.hex, longest) : streamMaker(fill, lanes, longest);
}

type MakeStream = (memory: WebAssembly.Memory, key: Uint8Array) => WriteStream;

/** OpenSSL makes chacha20 in half our time, with instructions that WebAssembly lacks. It has no chacha8. */
const makeStream: Readonly<Record<Stream, MakeStream>> = {
  chacha8: (memory, key) => chaChaStream(memory, key, 8),
  chacha20: (memory, key) => cipherStream(memory, key, "chacha20"),
  "aes-256-ctr": (memory, key) => cipherStream(memory, key, "aes-256-ctr"),
};

/** Each lane has a slot of its own in one memory. Its first page is the stream's. */
function streamMaker(
  { stream, keyHex }: Extract<Fill, { kind: "random" }>,
  lanes: number,
  longest: number,
): BlockMaker {
  const borrowed = new BorrowedMemory(pageBytes + lanes * longest);
  const write = makeStream[stream](borrowed.memory, Buffer.from(keyHex, "hex"));
  return {
    make(offset, lengthBytes, lane) {
      checkRange(offset, lengthBytes, longest);
      const block = new Uint8Array(borrowed.memory.buffer, pageBytes + lane * longest, lengthBytes);
      write(block.byteOffset, lengthBytes, offset);
      return block;
    },
    close: () => borrowed.giveBack(),
  };
}

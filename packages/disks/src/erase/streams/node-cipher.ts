/**
 * Random streams made by OpenSSL's ciphers: what a cipher makes of zeros is its key stream. Anybody can make them again
 * with `openssl enc`.
 */
import { createCipheriv, type Cipheriv } from "node:crypto";
import type { WriteStream } from "./stream.ts";

export type CipherStream = "chacha20" | "aes-256-ctr";

/** Below the 128 KiB from which glibc takes memory from the kernel for each call (mallopt(3), M_MMAP_THRESHOLD). */
const pieceBytes = 64 * 1024;
const zeros = new Uint8Array(pieceBytes);

export function cipherStream(memory: WebAssembly.Memory, key: Uint8Array, cipher: CipherStream): WriteStream {
  const into = new Uint8Array(memory.buffer);
  let stream: Cipheriv | undefined;
  let nextOffset = 0;
  return (at, lengthBytes, offset) => {
    if (stream === undefined || offset !== nextOffset)
      stream = createCipheriv(cipher, key, startVector(cipher, offset));
    nextOffset = offset + lengthBytes;
    for (let done = 0; done < lengthBytes; done += pieceBytes) {
      const made = stream.update(zeros.subarray(0, Math.min(pieceBytes, lengthBytes - done)));
      into.set(made, at + done);
      free(made);
    }
  };
}

/** Both count their blocks in the vector, and have 0 for a nonce. */
function startVector(cipher: CipherStream, offset: number): Uint8Array {
  const vector = Buffer.alloc(16);
  if (cipher === "chacha20") vector.writeBigUInt64LE(BigInt(offset / 64), 0); // EVP_chacha20(3)
  if (cipher === "aes-256-ctr") vector.writeBigUInt64BE(BigInt(offset / 16), 8); // NIST SP 800-38A appendix B.1
  return vector;
}

/**
 * Each piece comes in memory of its own, and the garbage collector takes its time over it: 90 MB of it pile up, and half
 * of the time goes into touching it for the first time. Moved to nowhere, it is the next piece's at once.
 */
function free({ buffer, byteLength }: Buffer): void {
  const isItsOwn = buffer.byteLength === byteLength; // small ones may lie in Node's pool
  if (isItsOwn && buffer instanceof ArrayBuffer) buffer.transfer(0);
}

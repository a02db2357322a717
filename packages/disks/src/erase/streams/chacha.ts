/** A random stream made by our own ChaCha, in WebAssembly. */
import { chaChaModule, groupBytes, stateBytes, type RunChaCha } from "./chacha-module.ts";
import type { WriteStream } from "./stream.ts";

/** "expand 32-byte k", the constants of a key of 256 bits. */
const constants = Buffer.from("expand 32-byte k", "latin1");

/** Counter and nonce begin at 0. `rounds` is even: 8, 12 and 20 are in use. */
export function chaChaStream(memory: WebAssembly.Memory, key: Uint8Array, rounds: number): WriteStream {
  const state = new Uint8Array(memory.buffer, 0, stateBytes);
  state.fill(0);
  state.set(constants);
  state.set(key, constants.length);
  const { exports } = new WebAssembly.Instance(chaChaModule(), { from: { memory } });
  const run = exports["run"] as RunChaCha;
  return (at, lengthBytes, offset) => {
    const end = at + Math.ceil(lengthBytes / groupBytes) * groupBytes;
    run(at, end, BigInt(offset / 64), rounds / 2);
  };
}

/**
 * Memory that direct I/O accepts. The kernel wants buffers aligned to the device's `dma_alignment`, which ordinary
 * Node buffers are not (EINVAL); a WebAssembly memory is page-aligned.
 */
const wasmPageBytes = 65536;

export function alignedMemory(sizeBytes: number): Uint8Array {
  const memory = new WebAssembly.Memory({ initial: Math.ceil(sizeBytes / wasmPageBytes) });
  return new Uint8Array(memory.buffer, 0, sizeBytes);
}

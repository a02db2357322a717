/**
 * The same bytes as a plain `Uint8Array`: Node reads into its `Buffer`, whose `slice` and `toString` are others, and a
 * message must not be of another kind because of how its bytes were cut.
 */
export function plainBytes(bytes: Uint8Array): Uint8Array {
  return bytes.constructor === Uint8Array
    ? bytes
    : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Identity fields of every standard here are ASCII of a fixed length, padded with spaces. */
export function textField(text: string, lengthBytes: number): Buffer {
  return Buffer.from(text.padEnd(lengthBytes), "latin1").subarray(0, lengthBytes);
}

import { fromBytes, type ReceiverName } from "./case.ts";

/** A message as it travels, for this receiver. */
export function frame(receiver: ReceiverName, message: string): string {
  switch (receiver) {
    case "NetstringReceiver":
      return `${message.length}:${message},`;
    case "Int8StringReceiver":
      return bigEndian(1, message.length) + message;
    case "Int16StringReceiver":
      return bigEndian(2, message.length) + message;
    case "Int32StringReceiver":
      return bigEndian(4, message.length) + message;
    default:
      return `${message}\r\n`;
  }
}

/** A number as a prefix of so many bytes; what does not fit is cut off. */
export function bigEndian(prefixBytes: number, number: number): string {
  const prefix = Buffer.alloc(prefixBytes);
  prefix.writeUIntBE(number % 2 ** (8 * prefixBytes), 0, prefixBytes);
  return fromBytes(prefix);
}

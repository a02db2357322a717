/** One end of a connection, or a place to listen at. */
export type Address = TcpAddress | UnixAddress | StdioAddress;

/** A host and a port. */
export interface TcpAddress {
  readonly kind: "tcp";
  readonly host: string;
  readonly port: number;
}

/** A path in the file system. */
export interface UnixAddress {
  readonly kind: "unix";
  /** Empty for the connecting end, which has no name. */
  readonly path: string;
}

/** Standard input and output of this process. */
export interface StdioAddress {
  readonly kind: "stdio";
}

/** The address in words: `127.0.0.1:1234`, `[::1]:1234`, `unix:/run/x`. */
export function addressText(address: Address): string {
  if (address.kind === "stdio") return "stdio";
  if (address.kind === "unix") return `unix:${address.path}`;
  return address.host.includes(":") ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}

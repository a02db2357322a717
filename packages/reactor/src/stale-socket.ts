import { lstat, unlink } from "node:fs/promises";
import { connect } from "node:net";
import { AddressInUseError, CannotListenError } from "./errors.ts";

/**
 * Removes the socket that a dead program left at `path`. Nothing else is ever removed: a path that somebody
 * listens on, or that is not a socket, is an error.
 */
export async function removeStaleSocket(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (!found) return;
  if (!found.isSocket()) {
    throw new CannotListenError(`Cannot listen on unix:${path}: there is something that is not a socket`);
  }
  const error = await errorOfConnecting(path);
  if (error?.code === "ECONNREFUSED") return unlink(path);
  if (error?.code === "ENOENT") return;
  const why = error ? `its socket cannot be tried (${error.message})` : "another program is using it";
  throw new AddressInUseError(`Cannot listen on unix:${path}: ${why}`, { cause: error });
}

function errorOfConnecting(path: string): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    socket.once("error", resolve);
    socket.once("connect", () => {
      socket.destroy();
      resolve(undefined);
    });
  });
}

import { createServer, type Socket } from "node:net";
import { ConversationReader } from "../conversation.ts";
import type { FaultDisk } from "../fault-disk/fault-disk.ts";
import { DiskFault, DiskVanished, faultErrors } from "../fault-disk/faults.ts";
import { closeServer, listenOn } from "../listen-on.ts";
import { nbdConversation, type NbdRequest } from "./nbd-conversation.ts";
import { command, commandFlag, maxRequestBytes, simpleReply } from "./nbd-wire.ts";

/** A disk that is being served. Disposing of it ends the connections; the disk itself stays as it is. */
export interface NbdServer extends AsyncDisposable {
  readonly socketPath: string;
}

/**
 * Serves a disk on a UNIX socket. Invariant: whoever uses the disk synchronously (`readSync` on a loop device on
 * it, `execFileSync("losetup")`) is another process, or it waits for an answer that its own event loop must give.
 */
export async function serveNbd(disk: FaultDisk, socketPath: string): Promise<NbdServer> {
  const server = createServer((socket) => converse(disk, socket));
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await listenOn(server, { path: socketPath });
  return { socketPath, [Symbol.asyncDispose]: () => closeServer(server, sockets) };
}

function converse(disk: FaultDisk, socket: Socket): void {
  // A client that goes away in the middle of an answer is no news to anybody.
  socket.on("error", () => {});
  if (disk.faults.condition === "vanished") return void socket.destroy();
  const reader = new ConversationReader(
    nbdConversation({
      sizeBytes: disk.sizeBytes,
      send: (bytes) => socket.write(bytes),
      requested: (request) => void answer(disk, socket, request),
    }),
  );
  socket.on("data", (chunk: Buffer) => {
    try {
      reader.receive(chunk);
    } catch {
      socket.destroy();
    }
    if (reader.ended) socket.end();
  });
}

async function answer(disk: FaultDisk, socket: Socket, request: NbdRequest): Promise<void> {
  try {
    const content = await perform(disk, request);
    socket.cork();
    socket.write(simpleReply(request.cookie, 0));
    if (content) socket.write(content);
    socket.uncork();
  } catch (error) {
    if (error instanceof DiskFault) socket.write(simpleReply(request.cookie, faultErrors[error.error]));
    else if (error instanceof DiskVanished) socket.destroy();
    else throw error;
  }
}

/** What was read, for a read. */
async function perform(disk: FaultDisk, request: NbdRequest): Promise<Buffer | null> {
  const { type, offsetBytes, lengthBytes, content } = request;
  const durability = request.flags & commandFlag.forcedUnitAccess ? "durable" : "cached";
  if (lengthBytes > maxRequestBytes && type === command.read) throw new DiskFault("EINVAL");
  if (offsetBytes + lengthBytes > disk.sizeBytes) {
    throw new DiskFault(type === command.read ? "EINVAL" : "ENOSPC");
  }
  switch (type) {
    case command.read:
      return disk.read(offsetBytes, lengthBytes);
    case command.write:
      await disk.write(offsetBytes, content, durability);
      return null;
    case command.flush:
      await disk.flush();
      return null;
    case command.trim:
      await disk.trim(offsetBytes, lengthBytes);
      return null;
    case command.writeZeroes:
      await disk.zero(offsetBytes, lengthBytes, durability);
      return null;
    default:
      throw new DiskFault("EINVAL");
  }
}

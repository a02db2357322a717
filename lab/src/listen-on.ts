import { once } from "node:events";
import type { ListenOptions, Server, Socket } from "node:net";

export async function listenOn(server: Server, where: ListenOptions): Promise<void> {
  server.listen(where);
  await once(server, "listening");
}

/** Ends every connection as if the cable were pulled, and waits until the address is free. */
export async function closeServer(server: Server, sockets: Iterable<Socket>): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  for (const socket of sockets) socket.destroy();
  await closed;
}

/** A folder for one station through all its lives: its state, its socket, its practice disks, and what we keep beside. */
import { randomFillSync } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";

const MiB = 1_048_576;

/** One that is erased in a moment, some that take as long as a station lives, and one that takes longer. */
const diskBytes = [64 * 512, MiB + 512, 6 * MiB, 24 * MiB, 80 * MiB - 512] as const;

export class Place {
  readonly folder: string;
  readonly state: string;
  readonly socket: string;
  readonly practice: string;
  readonly disks: readonly string[];

  /** Makes all of it, in a folder that is there; the disks are full of noise. */
  constructor(folder: string, sizesBytes: readonly number[] = diskBytes) {
    this.folder = realpathSync(folder);
    this.state = this.in("state");
    this.socket = this.in("station.sock");
    this.practice = this.in("practice");
    mkdirSync(this.practice);
    this.disks = sizesBytes.map((bytes, at) => {
      const path = join(this.practice, `disk-${at + 1}`);
      writeFileSync(path, randomFillSync(Buffer.alloc(bytes)));
      return path;
    });
  }

  in(name: string): string {
    return join(this.folder, name);
  }

  get tokenPath(): string {
    return join(this.state, "token");
  }

  get reports(): string {
    return join(this.state, "reports");
  }
}

/**
 * A port of 127.0.0.1 where nobody listens, for stations that come and go: below those from which the kernel gives one
 * to whoever connects somewhere (ip_local_port_range), for it must not be taken while none is there.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const server = createServer();
    server.listen({ port: 15_000 + Math.floor(Math.random() * 15_000), host: "127.0.0.1" });
    const isFree = await once(server, "listening").then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, "close");
    return port;
  }
}

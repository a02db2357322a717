import { createServer, type AddressInfo, type Socket } from "node:net";
import { ConversationReader, type Conversation } from "../conversation.ts";
import { Media } from "../fault-disk/media.ts";
import { closeServer, listenOn } from "../listen-on.ts";
import { Erasure } from "./erasure.ts";

export interface DriveOptions {
  readonly sizeBytes: number;
  readonly serial: string;
  readonly model?: string;
}

/** How a guest comes to a drive, the modules that it needs and a shell script that connects to an address, and leaves it. */
export interface Attachment {
  readonly modules: readonly string[];
  script(host: string, port: number): string;
  /** After it the guest has no such block device; `name` is what the kernel calls it. */
  leave(name: string): string;
}

/**
 * A drive whose firmware is written here, for what no emulator has: sanitize, secure erase, passwords. It listens on
 * this machine's loopback and speaks a storage network's protocol, so the guest's own kernel drives it, and the
 * guest's own nvme-cli, hdparm and sg3-utils erase it.
 */
export abstract class FirmwareDrive implements AsyncDisposable {
  readonly media: Media;
  readonly serial: string;
  readonly model: string;
  readonly erasure: Erasure;
  abstract readonly attachment: Attachment;
  /** What the drive was asked to do that is more than reading and writing, in order, in words. */
  readonly heard: string[] = [];
  /** Sectors that cannot be read. Writing one heals it, as a real drive puts another sector in its place. */
  readonly unreadable = new Set<number>();
  /** Sectors that cannot be written. */
  readonly unwritable = new Set<number>();
  readonly #server = createServer({ noDelay: true }, (socket) => this.#connected(socket));
  readonly #sockets = new Set<Socket>();
  /** The same after a loss of power: whoever comes back looks for it where it was. */
  #port = 0;

  constructor({ sizeBytes, serial, model = "Trofie Lab Drive" }: DriveOptions) {
    this.media = new Media(sizeBytes);
    this.serial = serial;
    this.model = model;
    this.erasure = new Erasure(this.media);
  }

  /** Turns it on; gives the port on 127.0.0.1. */
  async powerOn(): Promise<number> {
    if (!this.#server.listening) await listenOn(this.#server, { host: "127.0.0.1", port: this.#port });
    this.#port = (this.#server.address() as AddressInfo).port;
    this.erasure.powerOn();
    return this.#port;
  }

  /** It is gone from one moment to the next, in the middle of whatever it was doing. */
  async powerOff(): Promise<void> {
    this.erasure.powerOff();
    if (this.#server.listening) await closeServer(this.#server, this.#sockets);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.powerOff();
  }

  /** One connection, for as long as it lasts. */
  protected abstract converse(send: (...parts: Buffer[]) => void): Conversation;

  /** The first sector of a range that is in `bad`. */
  protected firstOf(bad: ReadonlySet<number>, first: number, count: number): number | null {
    for (const sector of [...bad].toSorted((a, b) => a - b)) {
      if (sector >= first && sector < first + count) return sector;
    }
    return null;
  }

  protected heal(first: number, count: number): void {
    for (const sector of this.unreadable) {
      if (sector >= first && sector < first + count) this.unreadable.delete(sector);
    }
  }

  #connected(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => this.#sockets.delete(socket));
    const reader = new ConversationReader(this.converse((...parts) => sendAtOnce(socket, parts)));
    socket.on("data", (chunk: Buffer) => {
      try {
        reader.receive(chunk);
      } catch {
        socket.destroy();
      }
      if (reader.ended) socket.end();
    });
  }
}

function sendAtOnce(socket: Socket, parts: readonly Buffer[]): void {
  socket.cork();
  for (const part of parts) socket.write(part);
  socket.uncork();
}

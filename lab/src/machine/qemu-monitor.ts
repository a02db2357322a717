import { EventEmitter } from "node:events";
import { qemuJson } from "./guest-disk.ts";
import { LineSocket } from "./line-socket.ts";

export interface QemuEvent {
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

type Answer = { return?: unknown; error?: { desc: string }; QMP?: unknown } & Partial<QemuEvent>;

/** QEMU's own control socket, QMP: commands are answered in order, events come in between. */
export class QemuMonitor {
  readonly #events = new EventEmitter();
  readonly #waiting: PromiseWithResolvers<unknown>[] = [];
  #lines: LineSocket | null = null;

  static async connect(path: string, giveUp: () => void): Promise<QemuMonitor> {
    const monitor = new QemuMonitor();
    const lineReceived = (line: string) => monitor.#receive(JSON.parse(line) as Answer);
    monitor.#lines = await LineSocket.connect(path, { lineReceived, giveUp });
    await monitor.execute("qmp_capabilities");
    return monitor;
  }

  execute(command: string, args: object = {}): Promise<unknown> {
    const answered = Promise.withResolvers<unknown>();
    this.#waiting.push(answered);
    this.#lines!.send(qemuJson({ execute: command, arguments: args }));
    return answered.promise;
  }

  /** For what only QEMU's command line for people can do. */
  async typed(commandLine: string): Promise<string> {
    return String(await this.execute("human-monitor-command", { "command-line": commandLine }));
  }

  /** The next event of this kind about this device. Ask before what causes it. */
  eventAbout(event: string, device: string): Promise<void> {
    return new Promise((resolve) => {
      // Not `once` in a loop: a device's parts go in one breath, and between two awaits an event would be lost.
      const received = (about: QemuEvent["data"]) => {
        if (about["device"] !== device) return;
        this.#events.off(event, received);
        resolve();
      };
      this.#events.on(event, received);
    });
  }

  /** The machine is gone: nobody will answer. */
  close(reason: Error): void {
    this.#lines?.destroy();
    for (const { reject } of this.#waiting.splice(0)) reject(reason);
  }

  #receive(answer: Answer): void {
    if (answer.event) return void this.#events.emit(answer.event, answer.data);
    if (answer.QMP) return;
    const answered = this.#waiting.shift();
    if (answer.error) answered?.reject(new Error(`QEMU refuses: ${answer.error.desc}`));
    else answered?.resolve(answer.return);
  }
}

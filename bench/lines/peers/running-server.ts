import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { cores, lastLines, onCore } from "../run-program.ts";
import type { Peer, ServerKind } from "./peer.ts";

/** None outlives the bench, however that ends. */
const running = new Set<ChildProcess>();
process.on("exit", () => running.forEach((child) => child.kill("SIGKILL")));

/** A server's process. */
export class RunningServer implements AsyncDisposable {
  readonly port: number;
  readonly pid: number;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, pid: number, port: number) {
    this.#child = child;
    this.pid = pid;
    this.port = port;
  }

  static ofPeer(peer: Peer, kind: ServerKind): Promise<RunningServer> {
    return RunningServer.start([...peer.run, kind]);
  }

  /**
   * Alone on its core. Resolves when it has said on which port it listens; rejects with its last words when it ends
   * before.
   */
  static start(command: readonly string[]): Promise<RunningServer> {
    return RunningServer.startAnywhere(onCore(cores.server, command));
  }

  /** `start`, on whichever cores there are. */
  static async startAnywhere(command: readonly string[]): Promise<RunningServer> {
    const [program = "", ...args] = command;
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
    running.add(child);
    let complaint = "";
    child.stderr.on("data", (text: Buffer) => (complaint = (complaint + text.toString()).slice(-2_000)));
    for await (const line of createInterface({ input: child.stdout })) {
      const port = Number(/listening on (\d+)/.exec(line)?.[1]);
      if (child.pid && port) return new RunningServer(child, child.pid, port);
    }
    throw new Error(`Cannot start ${command.join(" ")}: ${lastLines(complaint)}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    running.delete(this.#child);
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill("SIGKILL");
    await once(this.#child, "exit");
  }
}

import { LineSocket } from "./line-socket.ts";

/** How a script in the guest ended. 143 is the exit code of one that was stopped at its limit. */
export interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command server in the guest (`guest/agent.sh`), from the host's side. */
export class GuestAgent {
  readonly #running = new Map<string, PromiseWithResolvers<Ran>>();
  /** The agent's first word comes unasked. */
  readonly #greeting = this.#expect("0");
  #lines: LineSocket | null = null;
  #lastId = 0;

  static async connect(path: string, giveUp: () => void): Promise<GuestAgent> {
    const agent = new GuestAgent();
    const lineReceived = (line: string) => agent.#receive(line);
    agent.#lines = await LineSocket.connect(path, { lineReceived, giveUp });
    return agent;
  }

  /** Resolves when the guest is up; fails with what the guest says is wrong with it. */
  async up(): Promise<void> {
    const { exitCode, stderr } = await this.#greeting;
    if (exitCode !== 0) throw new Error(`The guest is not complete: ${stderr.trim()}`);
  }

  /** `queue`: one after another; `beside`: at once, whatever else is running. */
  run(
    script: string,
    { limitSeconds, order }: { limitSeconds: number; order: "queue" | "beside" },
  ): Promise<Ran> {
    const id = String(++this.#lastId);
    const ended = this.#expect(id);
    const encoded = Buffer.from(script).toString("base64");
    this.#lines!.send(`${order === "beside" ? "&" : ""}${id} ${limitSeconds} ${encoded}`);
    return ended;
  }

  /** The machine is gone: what was running in it will never be heard of again. */
  close(reason: Error): void {
    this.#lines?.destroy();
    for (const { reject } of this.#running.values()) reject(reason);
    this.#running.clear();
  }

  #expect(id: string): Promise<Ran> {
    const ended = Promise.withResolvers<Ran>();
    this.#running.set(id, ended);
    return ended.promise;
  }

  #receive(line: string): void {
    const [id, exitCode, stdout, stderr] = line.split(" ") as [string, string, string, string];
    this.#running.get(id)?.resolve({
      exitCode: Number(exitCode),
      stdout: decoded(stdout),
      stderr: decoded(stderr),
    });
    this.#running.delete(id);
  }
}

function decoded(text: string): string {
  return Buffer.from(text === "=" ? "" : text, "base64").toString();
}

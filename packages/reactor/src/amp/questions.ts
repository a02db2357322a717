import { asError } from "../as-error.ts";
import { NotConnectedError } from "../errors.ts";
import type { Handled } from "../protocol.ts";
import { UnhandledCommandError, UnknownAnswerError, UnknownRemoteError } from "./amp-errors.ts";
import type { AmpBox } from "./box.ts";
import type { Command } from "./command.ts";

interface Question {
  readonly command: Command;
  /** Called before anything that comes after the answer is read. */
  readonly settled: (wasAnswered: boolean) => Handled;
  readonly resolve: (box: AmpBox) => void;
  readonly reject: (error: Error) => void;
}

export interface AskOptions {
  readonly signal?: AbortSignal | undefined;
  readonly settled?: ((wasAnswered: boolean) => Handled) | undefined;
}

/** What was asked and is not yet answered. */
export class Questions {
  readonly #open = new Map<string, Question>();
  #lastTag = 0;

  /** A tag that this connection has not used. */
  nextTag(): string {
    this.#lastTag += 1;
    return this.#lastTag.toString(16);
  }

  /** Waits for the answer. After the signal nobody waits any more, and an answer that still comes is no surprise. */
  ask(tag: string, command: Command, { signal, settled = () => {} }: AskOptions): Promise<AmpBox> {
    const { promise, resolve, reject } = Promise.withResolvers<AmpBox>();
    this.#open.set(tag, { command, settled, resolve, reject });
    const giveUp = () => reject(asError(signal?.reason));
    signal?.addEventListener("abort", giveUp, { once: true });
    return promise.finally(() => signal?.removeEventListener("abort", giveUp));
  }

  answered(tag: string, box: AmpBox): Handled {
    const { resolve, settled } = this.#take(tag);
    resolve(box);
    return settled(true);
  }

  failed(tag: string, code: string, description: string): Handled {
    const { command, reject, settled } = this.#take(tag);
    reject(errorFor(command, code, description));
    return settled(false);
  }

  /** The connection has ended: no answer will come. */
  end(): void {
    for (const { reject } of this.#open.values()) {
      reject(new NotConnectedError("the connection ended before the answer came"));
    }
    this.#open.clear();
  }

  #take(tag: string): Question {
    const question = this.#open.get(tag);
    if (!question) throw new UnknownAnswerError(tag);
    this.#open.delete(tag);
    return question;
  }
}

function errorFor(command: Command, code: string, description: string): Error {
  const declared = [command.errors, command.fatalErrors].find((errors) => Object.hasOwn(errors, code))?.[
    code
  ];
  if (declared) return new declared(description);
  if (code === "UNHANDLED") return new UnhandledCommandError(code, description);
  return new UnknownRemoteError(code, description);
}

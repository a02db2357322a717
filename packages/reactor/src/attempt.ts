/**
 * An attempt to connect: given up when its owner aborts it, or by the signal of whoever asked for it. To be disposed when
 * it has come to its end.
 *
 * `AbortSignal.any` needs no disposing, and pays for that with weak references. When V8 collects young objects it takes them for
 * strong ones, so each attempt, and all that has waited for it, would live on until the next collection of everything.
 */
export class Attempt extends AbortController implements Disposable {
  readonly #underWay: Set<Attempt>;
  readonly #asked: AbortSignal | undefined;
  readonly #giveUp = (): void => this.abort(this.#asked?.reason);

  /** `underWay` has it until it is disposed. */
  constructor(underWay: Set<Attempt>, asked: AbortSignal | undefined) {
    super();
    this.#underWay = underWay;
    this.#asked = asked;
    underWay.add(this);
    if (asked?.aborted) this.#giveUp();
    asked?.addEventListener("abort", this.#giveUp);
  }

  [Symbol.dispose](): void {
    this.#underWay.delete(this);
    this.#asked?.removeEventListener("abort", this.#giveUp);
  }
}

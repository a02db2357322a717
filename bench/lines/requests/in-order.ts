/** Who waits for answers that come in the order of the questions. A plain array's `shift` is slow when many wait. */
export class InOrder {
  #waiting: ((answer: string) => void)[] = [];
  #at = 0;

  asked(answered: (answer: string) => void): void {
    this.#waiting.push(answered);
  }

  came(answer: string): void {
    const answered = this.#waiting[this.#at++];
    if (this.#at > 1_000) {
      this.#waiting = this.#waiting.slice(this.#at);
      this.#at = 0;
    }
    answered?.(answer);
  }
}

/** Things that come by themselves, in order, for a test that waits for them. */
export class Queue<T> {
  #arrived: T[] = [];
  #waiting: PromiseWithResolvers<T>[] = [];

  push(one: T): void {
    const waiting = this.#waiting.shift();
    if (waiting) waiting.resolve(one);
    else this.#arrived.push(one);
  }

  /** The next one: now, or as soon as it comes. */
  next(): Promise<T> {
    if (this.#arrived.length > 0) return Promise.resolve(this.#arrived.shift()!);
    const waiting = Promise.withResolvers<T>();
    this.#waiting.push(waiting);
    return waiting.promise;
  }

  /** The next so many. */
  async take(count: number): Promise<T[]> {
    const taken: T[] = [];
    while (taken.length < count) taken.push(await this.next());
    return taken;
  }
}

interface Waiter {
  readonly isWanted: (count: number) => boolean;
  readonly resolve: () => void;
}

/** How many connections there are, and who waits for there to be more or fewer. */
export class ConnectionCount {
  readonly #waiters = new Set<Waiter>();
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(change: number): void {
    this.#count += change;
    for (const waiter of this.#waiters) {
      if (!waiter.isWanted(this.#count)) continue;
      this.#waiters.delete(waiter);
      waiter.resolve();
    }
  }

  /** Resolves when the count is as wanted, now or later; rejects with the signal's reason. */
  when(
    isWanted: (count: number) => boolean,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): Promise<void> {
    if (isWanted(this.#count)) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const giveUp = () => {
        this.#waiters.delete(waiter);
        reject(signal?.reason);
      };
      const waiter: Waiter = {
        isWanted,
        resolve: () => {
          signal?.removeEventListener("abort", giveUp);
          resolve();
        },
      };
      this.#waiters.add(waiter);
      signal?.addEventListener("abort", giveUp);
    });
  }
}

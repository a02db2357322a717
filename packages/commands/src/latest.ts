/** A stream of which only the newest value matters: a slow reader skips, and never makes the writer wait. */
export interface Latest<T> extends AsyncIterable<T> {
  push(value: T): void;
  end(): void;
}

/** For one reader. */
export function latest<T>(): Latest<T> {
  let newest: { value: T } | null = null;
  let ended = false;
  let changed = Promise.withResolvers<void>();
  return {
    push(value) {
      newest = { value };
      changed.resolve();
    },
    end() {
      ended = true;
      changed.resolve();
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        if (newest) {
          const { value } = newest;
          newest = null;
          yield value;
        } else if (ended) {
          return;
        } else {
          await changed.promise;
          changed = Promise.withResolvers();
        }
      }
    },
  };
}

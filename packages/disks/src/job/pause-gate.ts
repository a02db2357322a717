/** Where work waits while its job is paused: it passes through before each block. */
export class PauseGate {
  #open = Promise.withResolvers<void>();
  #isPaused = false;
  readonly #listeners = new Set<() => void>();

  constructor() {
    this.#open.resolve();
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  pause(): void {
    if (this.#isPaused) return;
    this.#isPaused = true;
    this.#open = Promise.withResolvers();
    for (const heard of this.#listeners) heard();
  }

  resume(): void {
    this.#isPaused = false;
    this.#open.resolve();
  }

  /** Calls `heard` at each pause, until the function that is returned is called. */
  onPause(heard: () => void): () => void {
    this.#listeners.add(heard);
    return () => void this.#listeners.delete(heard);
  }

  /** Resolves at once unless the job is paused, else when it goes on. Whoever stops a paused job resumes it first. */
  passed(): Promise<void> {
    return this.#open.promise;
  }
}

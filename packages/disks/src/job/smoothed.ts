/** What is measured follows a change within about this time: slow enough to be read, quick enough to be believed. */
const smoothingMs = 3000;

/** An exponentially smoothed measure; null before the first. */
export class Smoothed {
  #value: number | null;

  constructor(begin: number | null = null) {
    this.#value = begin;
  }

  get value(): number | null {
    return this.#value;
  }

  /** What was measured over the time that has passed since the last one. */
  add(measured: number, passedMs: number): void {
    const before = this.#value ?? measured;
    this.#value = before + (measured - before) * (1 - Math.exp(-passedMs / smoothingMs));
  }

  forget(): void {
    this.#value = null;
  }
}

/** What happened in a simulated world: a hash of all of it, the words only when somebody wants to read them. */
export class Trace {
  /** FNV-1a over all that was noted. */
  hash = 0x811c9dc5;
  readonly lines: string[] | null;
  readonly #nowMs: () => number;

  constructor(nowMs: () => number, isKept: boolean) {
    this.#nowMs = nowMs;
    this.lines = isKept ? [] : null;
  }

  note(text: string): void {
    let { hash } = this;
    hash = Math.imul(hash ^ this.#nowMs(), 0x01000193);
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
    this.hash = hash >>> 0;
    this.lines?.push(`${(this.#nowMs() / 1000).toFixed(3).padStart(8)}  ${text}`);
  }

  get hashHex(): string {
    return this.hash.toString(16).padStart(8, "0");
  }
}

import { open, type FileHandle } from "node:fs/promises";

/** A file of lines, written one after the other, each on the disk before anybody is told that it is saved. */
export class TextFile implements AsyncDisposable {
  readonly #file: FileHandle;
  #lastWrite: Promise<void> = Promise.resolve();

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  static async open(path: string): Promise<TextFile> {
    return new TextFile(await open(path, "a"));
  }

  /** Appends the text and a line's end. Resolves when both are on the disk; on failure neither is in the file. */
  append(text: string): Promise<void> {
    const write = this.#lastWrite.then(() => this.#append(`${text}\n`));
    this.#lastWrite = write.catch(() => {});
    return write;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#lastWrite;
    await this.#file.close();
  }

  async #append(line: string): Promise<void> {
    const { size } = await this.#file.stat();
    try {
      await this.#file.appendFile(line);
      await this.#file.datasync();
    } catch (error) {
      await this.#file.truncate(size).catch(() => {}); // Half a line would spoil the next one.
      throw error;
    }
  }
}

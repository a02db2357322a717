/** What keeps a station from starting: the world's fault or the user's, said in one sentence. */
export class StartError extends Error {
  override readonly name: string = "StartError";
}

/** The journal is not as a station has left it. What stands in it is not believed, none of it. */
export class DamagedError extends StartError {
  override readonly name = "DamagedError";

  constructor(path: string, how: string, options: ErrorOptions = {}) {
    super(
      `Cannot use ${path}: it is damaged: ${how}; --recover puts it aside and begins a new one, which knows no job of before`,
      options,
    );
  }
}

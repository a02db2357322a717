/** What keeps a station from starting: the world's fault or the user's, said in one sentence. */
export class StartError extends Error {
  override readonly name = "StartError";
}

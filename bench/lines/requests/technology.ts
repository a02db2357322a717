/** A way to ask for something over a connection, with its own server and client. Answers come from the command itself. */
export interface Technology {
  /** Answers each command with the command, on a free port, which it returns. */
  serve(): Promise<number>;

  /** Opens one connection. */
  connect(port: number): Promise<Ask>;
}

/** Sends one command; `answered` is called with the answer to it. */
export type Ask = (command: string, answered: (answer: string) => void) => void;

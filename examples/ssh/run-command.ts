import { createHash } from "node:crypto";
import type { Duplex, Writable } from "node:stream";
import { Client, type ClientChannel } from "ssh2";

export interface Login {
  readonly user: string;
  /** A private key, as `ssh-keygen` writes it. */
  readonly privateKey: Uint8Array;
  /** What the server must prove to have: the fingerprint of its key, as `ssh-keygen -l` prints it. */
  readonly hostKey: string;
}

export interface Outputs {
  readonly out: Writable;
  readonly errors: Writable;
}

/**
 * Runs a command on the SSH server at the other end of the stream, and resolves with its exit code. The stream is
 * anything that carries bytes both ways; the `ssh2` package does all the rest.
 */
export async function runCommand(
  stream: Duplex,
  login: Login,
  command: string,
  outputs: Outputs,
): Promise<number> {
  const client = new Client();
  await logIn(client, stream, login);
  const channel = await execute(client, command);
  const code = await exitCodeOf(channel, outputs);
  client.end();
  return code;
}

function logIn(client: Client, stream: Duplex, { user, privateKey, hostKey }: Login): Promise<void> {
  let presented: string | undefined;
  const hostVerifier = (key: Buffer) => (presented = fingerprintOf(key)) === hostKey;
  return new Promise((resolve, reject) => {
    client.on("ready", resolve);
    client.on("close", () => reject(new Error("Cannot log in: the server closed the connection")));
    client.on("error", (error) => {
      if (presented && presented !== hostKey) reject(untrusted(presented, hostKey));
      else if (error.level === "client-authentication") reject(notAdmitted(user, error));
      else reject(new Error(`Cannot talk SSH with the server: ${error.message}`, { cause: error }));
    });
    client.connect({ sock: stream, username: user, privateKey: Buffer.from(privateKey), hostVerifier });
  });
}

function execute(client: Client, command: string): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    client.exec(command, (error, channel) => (error ? reject(error) : resolve(channel)));
  });
}

function exitCodeOf(channel: ClientChannel, { out, errors }: Outputs): Promise<number> {
  channel.pipe(out, { end: false });
  channel.stderr.pipe(errors, { end: false });
  channel.end(); // The command gets no input.
  let ending: Error | number = new Error("Cannot tell how the command ended: the connection was lost");
  channel.on("exit", (code: number | null, signal?: string) => {
    ending = code ?? new Error(`The command was killed by ${signal}`);
  });
  return new Promise((resolve, reject) => {
    channel.on("close", () => (typeof ending === "number" ? resolve(ending) : reject(ending)));
  });
}

/** As OpenSSH prints it: SHA-256 in base64, without the padding. */
function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`;
}

function untrusted(presented: string, expected: string): Error {
  return new Error(`Cannot trust the server: its host key is ${presented}, and ${expected} was expected`);
}

function notAdmitted(user: string, cause: Error): Error {
  return new Error(`Cannot log in as ${user}: the server refuses the key`, { cause });
}

import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { peers } from "./peers.ts";
import { RunningProgram } from "./running-program.ts";

/** A real OpenSSH server on loopback, with a host key and a user key of its own in a temporary folder. */
export interface SshServer extends AsyncDisposable {
  readonly port: string;
  readonly user: string;
  /** The fingerprint of its host key. */
  readonly hostKey: string;
  /** The path of a private key that it accepts, and of one that it does not. */
  readonly key: string;
  readonly wrongKey: string;
  readonly program: RunningProgram;
}

export async function startSshServer(): Promise<SshServer> {
  const folder = mkdtempSync(join(tmpdir(), "sshd-"));
  const [hostKeyPath, key, wrongKey] = ["host", "user", "wrong"].map((name) => makeKey(join(folder, name)));
  copyFileSync(`${key}.pub`, join(folder, "authorized_keys"));
  mkdirSync("/run/sshd", { recursive: true }); // Where sshd locks its helper in; Debian's service makes it, too.
  const port = await freePort();
  const config = join(folder, "sshd_config");
  writeFileSync(config, configOf(folder, port));
  const program = new RunningProgram(peers.sshd, ["-D", "-e", "-f", config]);
  await program.says(/Server listening on/);
  return {
    port,
    user: userInfo().username,
    hostKey: fingerprintOf(`${hostKeyPath}.pub`),
    key: key!,
    wrongKey: wrongKey!,
    program,
    async [Symbol.asyncDispose]() {
      await program[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true });
    },
  };
}

function configOf(folder: string, port: string): string {
  return [
    `Port ${port}`,
    "ListenAddress 127.0.0.1",
    `HostKey ${join(folder, "host")}`,
    `AuthorizedKeysFile ${join(folder, "authorized_keys")}`,
    "PidFile none",
    "UsePAM no",
    "StrictModes no",
    "PermitRootLogin prohibit-password",
    "PasswordAuthentication no",
    "KbdInteractiveAuthentication no",
    "",
  ].join("\n");
}

function makeKey(path: string): string {
  execFileSync(peers.sshKeygen, ["-q", "-t", "ed25519", "-N", "", "-f", path]);
  return path;
}

function fingerprintOf(path: string): string {
  return execFileSync(peers.sshKeygen, ["-l", "-f", path], { encoding: "utf8" }).split(" ")[1]!;
}

/** sshd cannot choose a port itself. */
async function freePort(): Promise<string> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return String(address instanceof Object ? address.port : 0);
}

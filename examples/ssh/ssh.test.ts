import { once } from "node:events";
import { createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isMissing } from "../testing/peers.ts";
import { RunningProgram } from "../testing/running-program.ts";
import { type SshServer, startSshServer } from "../testing/ssh-server.ts";

const isSkipped = isMissing("sshd", "sshKeygen") || process.getuid?.() !== 0;

describe.skipIf(isSkipped)(
  "the SSH client, with OpenSSH's server (skipped without sshd, or not as root)",
  () => {
    let server: SshServer;

    beforeAll(async () => {
      server = await startSshServer();
    });

    afterAll(() => server?.[Symbol.asyncDispose]());

    function run(command: string, { key = server.key, hostKey = server.hostKey, port = server.port } = {}) {
      const login = ["--user", server.user, "--key", key, "--host-key", hostKey];
      return RunningProgram.example("ssh/run.ts", "127.0.0.1", port, ...login, "--command", command);
    }

    it("runs a command, and prints what it prints where it prints it", async () => {
      await using program = run("echo caffè; echo mistake >&2");
      expect(await program.ended).toBe(0);
      expect(program.out).toBe("caffè\n");
      expect(program.errors).toBe("mistake\n");
    });

    it("ends with the exit code of the command", async () => {
      await using program = run("exit 42");
      expect(await program.ended).toBe(42);
    });

    it("brings three million bytes, every one of them", async () => {
      await using program = run("head -c 3000000 /dev/zero | tr '\\0' x; echo end");
      expect(await program.ended).toBe(0);
      expect(program.out === `${"x".repeat(3_000_000)}end\n`).toBe(true);
    });

    it("says by which signal the command was killed", async () => {
      await using program = run("kill -KILL $$");
      expect(await program.ended).toBe(1);
      expect(program.errors).toBe("The command was killed by SIGKILL\n");
    });

    it("says that the server refuses the key", async () => {
      await using program = run("echo never", { key: server.wrongKey });
      expect(await program.ended).toBe(1);
      expect(program).toMatchObject({
        out: "",
        errors: `Cannot log in as ${server.user}: the server refuses the key\n`,
      });
    });

    it("says nothing to a server whose host key is another than expected", async () => {
      const hostKey = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
      await using program = run("echo never", { hostKey });
      expect(await program.ended).toBe(1);
      expect(program).toMatchObject({
        out: "",
        errors: `Cannot trust the server: its host key is ${server.hostKey}, and ${hostKey} was expected\n`,
      });
    });

    it("says that the connection was lost in the middle of a command", async () => {
      await using program = run("echo $PPID; sleep 60");
      const { 1: session } = await program.says(/(\d+)\n/);
      process.kill(Number(session));
      expect(await program.ended).toBe(1);
      expect(program.errors).toBe("Cannot tell how the command ended: the connection was lost\n");
    });

    it("leaves on Ctrl-C, and the server lets the session go", async () => {
      await using program = run("echo begun; cat; sleep 60");
      await program.says(/begun/);
      program.child.kill("SIGINT");
      expect(await program.ended).toBe(130);
      expect(program.errors).toBe("");
    });

    it("says that a server which is no SSH server does not talk SSH", async () => {
      const web = createServer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")).listen(
        0,
        "127.0.0.1",
      );
      await once(web, "listening");
      const address = web.address();
      const port = String(address instanceof Object ? address.port : 0);
      await using program = run("echo never", { port });
      expect(await program.ended).toBe(1);
      expect(program.errors).toMatch(/^Cannot talk SSH with the server: .*\n$/);
      web.close();
    });

    it("says that nobody listens there", async () => {
      await using program = run("echo never", { port: "1" });
      expect(await program.ended).toBe(1);
      expect(program.errors).toMatch(/^Cannot connect to 127\.0\.0\.1:1: .*\n$/);
    });
  },
);

it("tells its usage when something is missing", async () => {
  await using program = RunningProgram.example("ssh/run.ts", "127.0.0.1", "22", "--user", "root");
  expect(await program.ended).toBe(2);
  expect(program.errors).toContain("--key is missing\nUsage: npm run ssh:run -- [host] [port] --user NAME");
});

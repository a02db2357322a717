import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testCertificate } from "@trofie/reactor/testing";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { isMissing, peers } from "../testing/peers.ts";
import { RunningProgram } from "../testing/running-program.ts";

function start(port: string, ...args: string[]): RunningProgram {
  const from = ["--from", "anna@example.org"];
  return RunningProgram.example("mail/send.ts", "127.0.0.1", port, ...from, ...args);
}

function send(port: string, text: string, ...args: string[]): RunningProgram {
  const program = start(port, ...args);
  program.child.stdin?.end(text);
  return program;
}

const isSkipped = isMissing("python", "aiosmtpd");

describe.skipIf(isSkipped)(
  "the mail client, with aiosmtpd (skipped where python3-aiosmtpd is absent)",
  () => {
    let mailbox: RunningProgram;
    let port: string;

    beforeAll(async () => {
      mailbox = new RunningProgram(peers.python, [join(import.meta.dirname, "mailbox.py")]);
      port = (await mailbox.says(/Listening on 127\.0\.0\.1:(\d+)\n/))[1]!;
    });

    afterAll(() => mailbox?.[Symbol.asyncDispose]());

    /** The mail with this subject, when it has come. */
    async function kept(subject: string): Promise<unknown> {
      const { 1: mail } = await mailbox.says(new RegExp(`^(.*"subject": "${subject}".*)\n`, "m"));
      return JSON.parse(mail!);
    }

    it("delivers letters of UTF-8, and lines that begin with a dot, to two recipients", async () => {
      const text = "Un caffè ☕?\n.\n.dot\n..two dots\n\nend\n";
      const to = ["--to", "bert@example.org", "--to", "carla@example.org", "--subject", "break"];
      await using program = send(port, text, ...to);
      expect(await program.ended).toBe(0);
      expect(program.out).toMatch(/^Type .*\nSent to bert@example.org\nSent to carla@example.org\n$/);
      expect(await kept("break")).toEqual({
        from: "anna@example.org",
        to: ["bert@example.org", "carla@example.org"],
        subject: "break",
        text,
      });
    });

    it("says which recipients are refused, and sends to the others", async () => {
      const to = ["bert@example.org", "nobody@example.org", "full@example.org"].flatMap((one) => [
        "--to",
        one,
      ]);
      await using program = send(port, "hello", ...to, "--subject", "some");
      expect(await program.ended).toBe(1);
      expect(program.out).toMatch(/^Type .*\nSent to bert@example.org\n$/);
      expect(program.errors.split("\n")).toEqual([
        "Cannot send to nobody@example.org: 550 No such mailbox here",
        "Cannot send to full@example.org: 452 The mailbox is full, try again tomorrow",
        "",
      ]);
      expect(await kept("some")).toMatchObject({ to: ["bert@example.org"] });
    });

    it("says that the only recipient is refused", async () => {
      await using program = send(port, "hello", "--to", "nobody@example.org");
      expect(await program.ended).toBe(1);
      expect(program.errors).toBe("Cannot send to nobody@example.org: 550 No such mailbox here\n");
    });

    it("says that the mail itself is refused", async () => {
      await using program = send(port, "hello", "--to", "bert@example.org", "--subject", "virus");
      expect(await program.ended).toBe(1);
      expect(program.errors).toBe("Cannot send the mail: Message failed: 554 Not this one\n");
    });

    it("says that the server has gone away in the middle", async () => {
      await using program = send(port, "hello", "--to", "crash@example.org");
      expect(await program.ended).toBe(1);
      expect(program.errors).toMatch(/^Cannot send the mail: .*(closed|ECONNRESET).*\n$/);
    });

    it("delivers a mail of three million letters", async () => {
      const text = `${"0123456789 caffè ".repeat(50)}\n`.repeat(3_600);
      await using program = send(port, text, "--to", "bert@example.org", "--subject", "much");
      expect(await program.ended).toBe(0);
      expect(((await kept("much")) as { text: string }).text === text).toBe(true);
    });
  },
);

describe.skipIf(isSkipped)("the mail client, where aiosmtpd offers TLS (skipped as above)", () => {
  const folder = mkdtempSync(join(tmpdir(), "mail-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const [authorities, certificate, privateKey] = (["authorities", "certificate", "privateKey"] as const).map(
    (name) => {
      const path = join(folder, `${name}.pem`);
      writeFileSync(path, testCertificate[name]);
      return path;
    },
  );
  let mailbox: RunningProgram;
  let port: string;

  beforeAll(async () => {
    mailbox = new RunningProgram(peers.python, [
      join(import.meta.dirname, "mailbox.py"),
      certificate!,
      privateKey!,
    ]);
    port = (await mailbox.says(/Listening on 127\.0\.0\.1:(\d+)\n/))[1]!;
  });

  afterAll(() => mailbox?.[Symbol.asyncDispose]());

  it("takes it, and delivers", async () => {
    vi.stubEnv("NODE_EXTRA_CA_CERTS", authorities);
    await using program = send(port, "a secret", "--to", "bert@example.org");
    vi.unstubAllEnvs();
    expect(await program.ended).toBe(0);
    await mailbox.says(/"text": "a secret\\n"/);
  });

  it("says nothing to a server that does not prove who it is", async () => {
    await using program = send(port, "another secret", "--to", "bert@example.org");
    expect(await program.ended).toBe(1);
    expect(program.errors).toMatch(/^Cannot send the mail: .*certificate.*\n$/);
    expect(mailbox.out).not.toContain("another secret");
  });
});

describe("the mail client", () => {
  it("leaves on Ctrl-C while the server says nothing", async () => {
    const silent = createServer().listen(0, "127.0.0.1");
    await once(silent, "listening");
    const address = silent.address();
    await using program = send(
      String(address instanceof Object ? address.port : 0),
      "",
      "--to",
      "b@example.org",
    );
    await once(silent, "connection");
    program.child.kill("SIGINT");
    expect(await program.ended).toBe(130);
    expect(program.errors).toBe("");
    silent.close();
  });

  it("leaves on Ctrl-C while the text is still being typed", async () => {
    await using program = start("1", "--to", "bert@example.org");
    await program.says(/Type the mail/);
    program.child.kill("SIGINT");
    expect(await program.ended).toBe(130);
  });

  it("says that nobody listens there", async () => {
    await using program = send("1", "hello", "--to", "bert@example.org");
    expect(await program.ended).toBe(1);
    expect(program.errors).toMatch(/^Cannot connect to 127\.0\.0\.1:1: .*\n$/);
  });

  it("tells its usage when nobody is to get the mail", async () => {
    await using program = send("1", "hello");
    expect(await program.ended).toBe(2);
    expect(program.errors).toContain("Usage: npm run mail:send -- [host] [port] --from ADDRESS");
  });
});

/** TLS in the midst of a connection, between lines and between commands, with Twisted at the other end. */
import { Factory, LineOnlyReceiver, PlaintextUnreadError } from "@trofie/reactor";
import { testCertificate } from "@trofie/reactor/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Divide, OurCommands } from "./amp-commands.ts";
import { dialledByTwisted, dialTwisted } from "./amp-ends.ts";
import { CertificateFiles } from "./certificate-files.ts";
import { portNumber } from "./our-end.ts";
import { type PeerKind } from "./peer.ts";
import { Queue } from "./queue.ts";
import { reactor, twisted, withTwisted } from "./with-twisted.ts";

const clientSide = { client: { authorities: testCertificate.authorities, serverName: "localhost" } };

/** As Twisted's `SecuringLines`, but that it waits for TLS before it goes on. */
class SecuringLines extends LineOnlyReceiver {
  readonly refused = new Queue<unknown>();

  override async lineReceived(line: string) {
    if (line !== "STARTTLS") return this.sendLine(`tls=${this.transport.security ? 1 : 0}:${line}`);
    this.sendLine("go ahead");
    try {
      await this.transport.startTls({ server: testCertificate });
    } catch (error) {
      this.refused.push(error);
      throw error;
    }
  }
}

/** As Twisted's `AskingLines`. */
class AskingLines extends LineOnlyReceiver {
  readonly lines = new Queue<string>();

  override async lineReceived(line: string) {
    this.lines.push(line);
    if (line !== "go ahead") return;
    await this.transport.startTls(clientSide);
    this.sendLine("secret");
  }
}

class SecuringCommands extends OurCommands {
  override connectionMade(): void {
    super.connectionMade();
    this.startTlsResponder(() => ({ server: testCertificate }));
  }
}

let files: CertificateFiles;

/** Our client of Twisted's server that secures when it is asked to, and may have read more already. */
async function dialSecuringLines(): Promise<AskingLines> {
  const { port } = await twisted.listen("SecuringLines", "tcp:0:interface=127.0.0.1", { pem: files.pem });
  return reactor.connect(`tcp:${port}`, Factory.forProtocol(AskingLines));
}

/** Our server that secures when it is asked to, and a client of Twisted's. */
async function dialledAt(kind: PeerKind) {
  const server = Promise.withResolvers<SecuringLines>();
  const factory = new Factory<SecuringLines>();
  factory.buildProtocol = () => {
    const made = new SecuringLines();
    server.resolve(made);
    return made;
  };
  const endpoint = `tcp:127.0.0.1:${portNumber(await reactor.listen("tcp:0", factory))}`;
  const theirs = await twisted.connect(kind, endpoint, { authority: files.authority });
  return { ours: await server.promise, theirs };
}

withTwisted("STARTTLS with Twisted", () => {
  beforeAll(() => void (files = new CertificateFiles()));
  afterAll(() => files[Symbol.dispose]());

  describe("between lines", () => {
    it("secures our client's connection to Twisted's server", async () => {
      const ours = await dialSecuringLines();
      ours.sendLine("in the clear");
      ours.sendLine("STARTTLS");
      expect(await ours.lines.take(3)).toEqual(["tls=0:in the clear", "go ahead", "tls=1:secret"]);
      expect(ours.transport.security?.version).toBe("TLSv1.3");
    });

    it("secures Twisted's client's connection to our server", async () => {
      const { theirs } = await dialledAt("AskingLines");
      await theirs.send("in the clear");
      await theirs.send("STARTTLS");
      expect(await theirs.events.take(3)).toEqual([
        ["line", "tls=0:in the clear"],
        ["line", "go ahead"],
        ["line", "tls=1:secret"],
      ]);
    });

    it("lets Twisted's server take a line that came in the clear for a secret, if it is not careful", async () => {
      const ours = await dialSecuringLines();
      ours.transport.write("STARTTLS\r\nevil\r\n");
      expect(await ours.lines.take(3)).toEqual(["go ahead", "tls=1:evil", "tls=1:secret"]);
    });

    it("is refused by our server when a line came behind it in the clear, and that line is not heard", async () => {
      const { ours, theirs } = await dialledAt("LineReceiver");
      await theirs.write("STARTTLS\r\nevil\r\n");
      expect(await ours.refused.next()).toBeInstanceOf(PlaintextUnreadError);
      expect(await theirs.events.untilLost()).toEqual([
        ["line", "go ahead"],
        ["lost", "ConnectionDone"],
      ]);
    });

    it("is refused by our client when a line came behind the answer in the clear", async () => {
      const listener = await twisted.listen("LineReceiver", "tcp:0:interface=127.0.0.1");
      const ours = await reactor.connect(`tcp:${listener.port}`, Factory.forProtocol(AskingLines));
      const theirs = await listener.connection();
      await theirs.write("go ahead\r\nevil\r\n");
      expect(await ours.transport.closed).toMatchObject({
        kind: "protocol-error",
        error: { name: "PlaintextUnreadError" },
      });
      expect(await theirs.events.untilLost()).toEqual([["lost", "ConnectionDone"]]);
    });
  });

  describe("between commands of AMP", () => {
    it("secures our client's connection to Twisted's server, and what is called meanwhile is secret", async () => {
      const { ours } = await dialTwisted(reactor, twisted, { pem: files.pem });
      const securing = ours.callRemoteToStartTls(clientSide);
      const meanwhile = ours.callRemote(Divide, { numerator: 10, denominator: 4 });
      await securing;
      expect(ours.transport.security?.peerCertificate?.checkHost("localhost")).toBe("localhost");
      expect(await meanwhile).toEqual({ result: 2.5 });
    });

    it("secures Twisted's client's connection to our server", async () => {
      const { ours, theirs } = await dialledByTwisted(reactor, twisted, () => new SecuringCommands());
      expect(await theirs.callRemote("Divide", "{'numerator': 9, 'denominator': 4}")).toBe(
        "{'result': 2.25}",
      );
      await theirs.callRemoteToStartTls(files.authority);
      expect(await theirs.callRemote("Divide", "{'numerator': 10, 'denominator': 4}")).toBe(
        "{'result': 2.5}",
      );
      expect(ours.transport.security?.version).toBe("TLSv1.3");
    });

    it("leaves the connection as it was where our server does not do it", async () => {
      const { ours, theirs } = await dialledByTwisted(reactor, twisted);
      await expect(theirs.callRemoteToStartTls(files.authority)).rejects.toMatchObject({
        name: "UnhandledCommand",
      });
      expect(ours.transport.security).toBeUndefined();
    });
  });
});

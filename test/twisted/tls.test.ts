/** Who proves to whom who it is, with Twisted at the other end; what then goes over TLS is in `wires.test.ts`. */
import { ConnectError, TlsError } from "@trofie/reactor";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CertificateFiles } from "./certificate-files.ts";
import { portNumber, TalkerFactory } from "./our-end.ts";
import { reactor, twisted, withTwisted } from "./with-twisted.ts";

const RECEIVER = "LineReceiver";
let files: CertificateFiles;

withTwisted("TLS with Twisted", () => {
  beforeAll(() => void (files = new CertificateFiles()));
  afterAll(() => files[Symbol.dispose]());

  describe("our client", () => {
    const listen = () => twisted.listen(RECEIVER, `ssl:0:privateKey=${files.pem}:interface=127.0.0.1`);

    it("connects to a server that is who it should be, and knows its certificate", async () => {
      const { port } = await listen();
      const endpoint = `tls:127.0.0.1:${port}:serverName=localhost:trustRoots=${files.trustRoots}`;
      const { transport } = await reactor.connect(endpoint, new TalkerFactory(RECEIVER));
      expect(transport.security?.peerCertificate?.checkHost("localhost")).toBe("localhost");
      expect(transport.security?.version).toBe("TLSv1.3");
    });

    it("refuses a server that is somebody else", async () => {
      const { port } = await listen();
      const endpoint = `tls:127.0.0.1:${port}:serverName=example.org:trustRoots=${files.trustRoots}`;
      const connecting = reactor.connect(endpoint, new TalkerFactory(RECEIVER));
      const error = await connecting.catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(ConnectError);
      expect((error as ConnectError).reason).toMatchObject({ kind: "protocol-error", by: "peer" });
      expect((error as ConnectError).reason.error).toBeInstanceOf(TlsError);
      expect((error as ConnectError).message).toContain("example.org");
    });

    it("refuses a server whose authority it does not know", async () => {
      const { port } = await listen();
      const connecting = reactor.connect(`tls:localhost:${port}`, new TalkerFactory(RECEIVER));
      await expect(connecting).rejects.toMatchObject({
        name: "ConnectError",
        reason: { kind: "protocol-error", error: { cause: { code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" } } },
      });
    });

    it("shows its certificate to a server that asks for it", async () => {
      const listener = await twisted.listenToKnown(RECEIVER, files.pem, files.authority);
      const factory = new TalkerFactory(RECEIVER);
      const endpoint = `tls:localhost:${listener.port}:trustRoots=${files.trustRoots}:certificate=${files.pem}`;
      const ours = await reactor.connect(endpoint, factory);
      ours.send("hello");
      expect(await (await listener.connection()).events.next()).toEqual(["line", "hello"]);
    });

    it("is not let in without a certificate where the server asks for it", async () => {
      const listener = await twisted.listenToKnown(RECEIVER, files.pem, files.authority);
      const factory = new TalkerFactory(RECEIVER);
      await reactor.connect(`tls:localhost:${listener.port}:trustRoots=${files.trustRoots}`, factory);
      const { events } = await factory.connections.next();
      expect(await events.next()).toEqual(["lost", "lost"]);
      expect(await (await listener.connection()).events.next()).toEqual(["lost", "Error"]);
    });
  });

  describe("our server", () => {
    /** Listens on all of 127.0.0.0/8, of which the certificate has one address only. */
    async function listen(more = ""): Promise<{ factory: TalkerFactory; port: number }> {
      const factory = new TalkerFactory(RECEIVER);
      const port = await reactor.listen(`tls:0:privateKey=${files.pem}:interface=0.0.0.0${more}`, factory);
      return { factory, port: portNumber(port) };
    }

    it("is known to Twisted's client by its name", async () => {
      const { factory, port } = await listen();
      const theirs = await twisted.connect(RECEIVER, `tls:localhost:${port}:trustRoots=${files.trustRoots}`);
      await theirs.send("hello");
      expect(await (await factory.connections.next()).events.next()).toEqual(["line", "hello"]);
    });

    it("is known to Twisted's client by its address", async () => {
      const { factory, port } = await listen();
      const theirs = await twisted.connect(RECEIVER, `tls:127.0.0.1:${port}:trustRoots=${files.trustRoots}`);
      await theirs.send("hello");
      expect(await (await factory.connections.next()).events.next()).toEqual(["line", "hello"]);
    });

    it("is refused by Twisted's client under another address", async () => {
      const { port } = await listen();
      const theirs = await twisted.connect(RECEIVER, `tls:127.0.0.2:${port}:trustRoots=${files.trustRoots}`);
      expect(await theirs.events.next()).toEqual(["lost", "VerificationError"]);
    });

    it("is refused by Twisted's client that does not know its authority", async () => {
      const { port } = await listen();
      const theirs = await twisted.connect(RECEIVER, `tls:localhost:${port}`);
      expect(await theirs.events.next()).toEqual(["lost", "Error"]);
    });

    it("sees the certificate of a client that it asks for it", async () => {
      const { factory, port } = await listen(`:clientAuthorities=${files.authority}`);
      const endpoint = `tls:localhost:${port}:trustRoots=${files.trustRoots}:certificate=${files.pem}`;
      const theirs = await twisted.connect(RECEIVER, endpoint);
      await theirs.send("hello");
      const { protocol, events } = await factory.connections.next();
      expect(await events.next()).toEqual(["line", "hello"]);
      expect(protocol.transport.security?.peerCertificate?.checkHost("localhost")).toBe("localhost");
    });

    it("does not let in a client without a certificate where it asks for it", async () => {
      const { port } = await listen(`:clientAuthorities=${files.authority}`);
      const theirs = await twisted.connect(RECEIVER, `tls:localhost:${port}:trustRoots=${files.trustRoots}`);
      expect(await theirs.events.next()).toEqual(["lost", "Error"]);
    });
  });
});

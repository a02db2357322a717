import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testCertificate } from "@trofie/reactor/testing";

/** The test certificate in files, as endpoint strings and Twisted want it. */
export class CertificateFiles implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), "twisted-tls-"));
  /** The certificate and its key, in one file. */
  readonly pem = join(this.folder, "server.pem");
  /** A folder with the authority that signed it. */
  readonly trustRoots = join(this.folder, "roots");
  readonly authority = join(this.trustRoots, "authority.pem");

  constructor() {
    const { privateKey, certificate, authorities } = testCertificate;
    mkdirSync(this.trustRoots);
    writeFileSync(this.pem, privateKey + certificate);
    writeFileSync(this.authority, authorities);
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true });
  }
}

import type { X509Certificate } from "node:crypto";

/** PEM text. Several certificates or keys may stand in one text. */
export type Pem = string | Uint8Array;

/** Who a server is, and whom it lets in. */
export interface TlsServerOptions {
  readonly privateKey: Pem;
  /** The certificate of the key, then those between it and its authority. */
  readonly certificate: Pem;
  /** Who signs the certificates of clients. Given, a client without a good one is refused. */
  readonly clientAuthorities?: Pem;
  /** Protocols to choose from, best first (ALPN, RFC 7301). */
  readonly alpnProtocols?: readonly string[];
  /** How long a handshake may take; 30 s by default. */
  readonly handshakeTimeoutMs?: number;
}

/** Whom a client trusts, and who it is. */
export interface TlsClientOptions {
  /** The name that the server's certificate must have; by default the host that was dialled. */
  readonly serverName?: string;
  /** Who signs the server's certificate; by default the authorities that Node trusts. */
  readonly authorities?: Pem;
  /** Who we are, where the server wants to know. */
  readonly privateKey?: Pem;
  readonly certificate?: Pem;
  readonly alpnProtocols?: readonly string[];
  readonly handshakeTimeoutMs?: number;
}

/** What is known of a connection that is secured by TLS. */
export interface Security {
  /** `TLSv1.3`, `TLSv1.2`. */
  readonly version: string;
  /** The protocol that both sides agreed on, if they spoke about it. */
  readonly alpnProtocol: string | undefined;
  /** The peer's certificate, verified; a client has one only where it was asked for. */
  readonly peerCertificate: X509Certificate | undefined;
}

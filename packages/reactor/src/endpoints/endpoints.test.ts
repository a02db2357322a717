import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { connectEndpoint } from "./connect-endpoint.ts";
import { listenEndpoint } from "./listen-endpoint.ts";

const folder = mkdtempSync(join(tmpdir(), "trofie-"));
afterAll(() => rmSync(folder, { recursive: true }));
const pem = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const key = pem("key.pem", "KEY");
const cert = pem("cert.pem", "CERT");
const emptyFolder = mkdtempSync(join(folder, "empty-"));
const tcp = { kind: "tcp", host: "127.0.0.1", backlog: 511, reusePort: false };

describe("an endpoint to listen at", () => {
  it.each([
    ["tcp:1234", { place: { ...tcp, port: 1234 } }],
    ["tcp:1234:interface=0.0.0.0", { place: { ...tcp, port: 1234, host: "0.0.0.0" } }],
    ["tcp:port=0:backlog=5", { place: { ...tcp, port: 0, backlog: 5 } }],
    ["tcp:0:reusePort=1", { place: { ...tcp, port: 0, reusePort: true } }],
    [String.raw`tcp:1:interface=\:\:1`, { place: { ...tcp, port: 1, host: "::1" } }],
    ["unix:/run/a", { place: { kind: "unix", path: "/run/a", mode: 0o600 } }],
    ["unix:/run/a:mode=660", { place: { kind: "unix", path: "/run/a", mode: 0o660 } }],
    [String.raw`unix:/run/a\:b=c`, { place: { kind: "unix", path: "/run/a:b=c", mode: 0o600 } }],
    ["tcp://[::1]:80?backlog=7", { place: { ...tcp, host: "::1", port: 80, backlog: 7 } }],
    ["unix:///run/a%20b?mode=600", { place: { kind: "unix", path: "/run/a b", mode: 0o600 } }],
    ["unix:address=/run/a:lockfile=0", { place: { kind: "unix", path: "/run/a", mode: 0o600 } }],
    ["stdio:", { place: { kind: "stdio" } }],
    ["haproxy:tcp:80", { place: { ...tcp, port: 80 }, isProxied: true }],
    [
      `ssl:443:privateKey=${key}:certKey=${cert}`,
      { place: { ...tcp, port: 443 }, tls: { privateKey: "KEY", certificate: "CERT\n" } },
    ],
    [
      `tls://0.0.0.0:443?privateKey=${key}`,
      { place: { ...tcp, host: "0.0.0.0", port: 443 }, tls: { privateKey: "KEY", certificate: "KEY\n" } },
    ],
  ])("%s is read", (text, endpoint) => {
    expect(listenEndpoint(text)).toEqual({ isProxied: false, ...endpoint });
  });

  it.each([
    ["http:1", 0],
    ["tcp", 3],
    ["tcp:", 4],
    ["tcp:12x4", 4],
    ["tcp:0:interface=", 16],
    ["ssl:1:sslmethod=TLSv1_METHOD", 6],
    ["tcp:interface=a:port=70000", 21],
    ["tcp:1:2", 6],
    ["tcp:1:mode=600", 6],
    ["tcp:1:port=2", 6],
    ["unix:", 5],
    ["unix:/a:mode=999", 13],
    [String.raw`tcp:1:interface=a` + "\\", 17],
    ["tls:443", 7],
    ["tls:443:privateKey=/no/such/file", 19],
    ["systemd:domain=INET:index=0", 26],
    ["http://a:1", 0],
    ["tcp://a", 7],
    ["tcp://a:b", 8],
    ["unix:///a%", 7],
    ["haproxy:tcp:1:mode=2", 14],
    ["tcp://a:1?mode=2", 10],
  ])("%s is refused, with the character where it went wrong", (text, position) => {
    expect(() => listenEndpoint(text)).toThrow(expect.objectContaining({ code: "BAD_ENDPOINT", position }));
  });
});

describe("an endpoint to connect to", () => {
  it.each([
    ["tcp:1234", { address: { kind: "tcp", host: "127.0.0.1", port: 1234 } }],
    ["tcp:example.org:80", { address: { kind: "tcp", host: "example.org", port: 80 } }],
    [
      "tcp:host=example.org:port=80:timeout=3:bindAddress=127.0.0.2",
      {
        address: { kind: "tcp", host: "example.org", port: 80 },
        timeoutMs: 3000,
        localHost: "127.0.0.2",
      },
    ],
    [String.raw`tcp:\:\:1:80`, { address: { kind: "tcp", host: "::1", port: 80 } }],
    ["tcp://[::1]:80", { address: { kind: "tcp", host: "::1", port: 80 } }],
    [
      `tls:example.org:443:trustRoots=${folder}`,
      {
        address: { kind: "tcp", host: "example.org", port: 443 },
        tls: { authorities: "CERT\nKEY" },
      },
    ],
    ["tls://example.org:443", { address: { kind: "tcp", host: "example.org", port: 443 }, tls: {} }],
    ["unix:/run/x:timeout=2", { address: { kind: "unix", path: "/run/x" }, timeoutMs: 2000 }],
  ])("%s is read", (text, endpoint) => {
    expect(connectEndpoint(text)).toEqual(endpoint);
  });

  it.each([
    ["stdio:", 0],
    ["tcp:example.org:eighty", 16],
    ["tcp:a:1:2", 8],
    ["tcp:1:backlog=5", 6],
    ["tls:a:1:trustRoots=/no/such/file", 19],
    [`tls:a:1:trustRoots=${emptyFolder}`, 19],
  ])("%s is refused, with the character where it went wrong", (text, position) => {
    expect(() => connectEndpoint(text)).toThrow(expect.objectContaining({ code: "BAD_ENDPOINT", position }));
  });
});

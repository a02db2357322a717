import { describe, expect, it } from "vitest";
import { parseEndpoint } from "./endpoint.ts";

describe("an endpoint", () => {
  it.each([
    ["tcp:1234", { kind: "tcp", host: "127.0.0.1", port: 1234, settings: {} }],
    ["tcp:1234:interface=0.0.0.0", { kind: "tcp", host: "0.0.0.0", port: 1234, settings: {} }],
    ["tcp:host=example.org:port=80", { kind: "tcp", host: "example.org", port: 80, settings: {} }],
    ["tcp:port=0:backlog=5", { kind: "tcp", host: "127.0.0.1", port: 0, settings: { backlog: 5 } }],
    [
      String.raw`tcp:1:host=\:\:1:timeout=3`,
      { kind: "tcp", host: "::1", port: 1, settings: { timeoutMs: 3000 } },
    ],
    ["unix:/run/a:mode=600", { kind: "unix", path: "/run/a", settings: { mode: 0o600 } }],
    [String.raw`unix:/run/a\:b=c`, { kind: "unix", path: "/run/a:b=c", settings: {} }],
    ["tcp://example.org:80", { kind: "tcp", host: "example.org", port: 80, settings: {} }],
    ["tcp://[::1]:80", { kind: "tcp", host: "::1", port: 80, settings: {} }],
    ["unix:///run/a%20b", { kind: "unix", path: "/run/a b", settings: {} }],
  ])("%s is read", (text, endpoint) => {
    expect(parseEndpoint(text)).toEqual(endpoint);
  });

  it.each([
    ["udp:1", 0],
    ["tcp:", 4],
    ["tcp:12x4", 4],
    ["tcp:host=a:port=70000", 16],
    ["tcp:1:2", 6],
    ["tcp:1:mode=600", 6],
    ["tcp:1:port=2", 6],
    ["unix:", 5],
    ["unix:/a:mode=999", 13],
    [String.raw`tcp:1:host=a` + "\\", 12],
    ["http://a:1", 0],
    ["tcp://a", 6],
    ["tcp://a:b", 8],
    ["unix://a", 7],
    ["unix:///a%", 7],
  ])("%s is refused, with the character where it went wrong", (text, position) => {
    expect(() => parseEndpoint(text)).toThrow(expect.objectContaining({ code: "BAD_ENDPOINT", position }));
  });
});

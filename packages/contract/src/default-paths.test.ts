import { expect, test } from "vitest";
import { defaultPaths } from "./default-paths.ts";

test("root's station lives in the system's folders", () => {
  expect(defaultPaths({ HOME: "/root" }, true)).toEqual({
    state: "/var/lib/trofie",
    socket: "/run/trofie/station.sock",
  });
});

test("a user's station lives in the user's folders", () => {
  const env = { HOME: "/home/ann", XDG_RUNTIME_DIR: "/run/user/1000", XDG_STATE_HOME: "" };
  expect(defaultPaths(env, false)).toEqual({
    state: "/home/ann/.local/state/trofie",
    socket: "/run/user/1000/trofie/station.sock",
  });
});

test("without a runtime folder the socket is in the state folder", () => {
  expect(defaultPaths({ HOME: "/home/ann" }, false).socket).toBe(
    "/home/ann/.local/state/trofie/station.sock",
  );
});

test("TROFIE_STATE and TROFIE_SOCKET come before both", () => {
  const env = { TROFIE_STATE: "/a", TROFIE_SOCKET: "/b" };
  expect(defaultPaths(env, true)).toEqual({ state: "/a", socket: "/b" });
});

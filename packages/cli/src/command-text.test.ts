import { expect, test } from "vitest";
import { commandText } from "./command-text.ts";

test.each([
  ["erase.start", { path: "/dev/sdb" }, "erase of /dev/sdb"],
  ["image.write", { path: "/dev/sdb", image: "a.img" }, "writing of a.img to /dev/sdb"],
  ["job.stop", { job: "j_1" }, "stop of job j_1"],
  ["disk.explode", {}, "disk.explode"],
  ["erase.start", { path: "/dev/s\u001B[2Jdb\n" }, "erase of /dev/s[2Jdb"],
])("%s with %j is the %s", (method, params, text) => {
  expect(commandText({ method, params })).toBe(text);
});

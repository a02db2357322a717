import { expect, test } from "vitest";
import { memoryMachine, type MemoryMachineOptions } from "../testing/memory-machine.ts";
import { parseObject } from "./nvme-answers.ts";
import { nvmeSanitize, parseSanitizeLog, statusOf } from "./nvme-sanitize.ts";
import { recorded } from "./testing/recorded.ts";

const logOf = (name: string) => parseSanitizeLog(parseObject(recorded(name).stdout));

function disk(tools: NonNullable<MemoryMachineOptions["tools"]>, serial: string | null = null) {
  return { machine: memoryMachine({}, { tools }), path: "/dev/nvme1n1", serial };
}

const idCtrl = "nvme id-ctrl --output-format=json /dev/nvme1n1";
const sanitizeLog = "nvme sanitize-log --output-format=json /dev/nvme1n1";

test.each([
  ["sanitize-log-never", 0, { state: "idle", words: "NVM Subsystem has never been sanitized" }],
  [
    "sanitize-log-running",
    2,
    { state: "running", fractionDone: 7503 / 65536, words: "Sanitize in Progress" },
  ],
  [
    "sanitize-log-done",
    2,
    {
      state: "succeeded",
      words: "Most Recent Sanitize Command Completed Successfully, Global Data Erased",
    },
  ],
  ["sanitize-log-failed", 4, { state: "failed", words: "Most Recent Sanitize Command Failed" }],
])("%s", (name, action, status) => {
  const log = logOf(name);
  expect(log === null ? null : statusOf(log, action)).toEqual(status);
});

test("a log of another action is of a sanitize before ours", () => {
  const log = logOf("sanitize-log-done");
  expect(log && statusOf(log, 4)).toMatchObject({
    state: "idle",
    words: expect.stringContaining("another action (2)"),
  });
});

test("success with blocks deallocated against what was asked is success", () => {
  const text = recorded("sanitize-log-done").stdout.replace("(1)", "(4)");
  expect(statusOf(parseSanitizeLog(parseObject(text))!, 2).state).toBe("succeeded");
});

test("the log is read where nvme-cli puts its words under themselves, as some versions do", () => {
  const text = recorded("sanitize-log-done").stdout.replace(
    '"status":',
    '"Most Recent Sanitize Command Completed Successfully.":',
  );
  expect(parseSanitizeLog(parseObject(text))?.code).toBe(1);
});

test.each([
  "",
  "[]",
  "{",
  '{"nvme1":{}}',
  '{"nvme1":{"sprog":1,"sstat":{},"cdw10_info":2}}',
  '{"nvme1":{"sprog":-1}}',
])("%s is no log", (text) => {
  expect(parseSanitizeLog(parseObject(text))).toBeNull();
});

test("a drive's commands are those of SANICAP, with the times of its log", async () => {
  const capabilities = await nvmeSanitize.capabilities(
    disk({ [idCtrl]: recorded("id-ctrl"), [sanitizeLog]: recorded("sanitize-log-never") }),
  );
  const able = { obstacle: null, estimatedMs: 2000, reachesOthers: true };
  expect(capabilities).toMatchObject({
    "nvme-sanitize-crypto": able,
    "nvme-sanitize-block": able,
    "nvme-sanitize-overwrite": able,
  });
});

test("a bit of SANICAP that is not set is a command that the drive lacks", async () => {
  const said = recorded("id-ctrl");
  const stdout = said.stdout.replace('"sanicap":7', '"sanicap":2');
  const capabilities = await nvmeSanitize.capabilities(
    disk({ [idCtrl]: { ...said, stdout }, [sanitizeLog]: recorded("sanitize-log-never") }),
  );
  expect(capabilities["nvme-sanitize-block"]?.obstacle).toBeNull();
  expect(capabilities["nvme-sanitize-crypto"]?.obstacle).toBe("its Sanitize has no crypto erase");
});

test("a time of FFFFFFFFh is no time", async () => {
  const said = recorded("sanitize-log-never");
  const stdout = said.stdout.replace('"time_block_erase":2,', '"time_block_erase":4294967295,');
  const capabilities = await nvmeSanitize.capabilities(
    disk({ [idCtrl]: recorded("id-ctrl"), [sanitizeLog]: { ...said, stdout } }),
  );
  expect(capabilities["nvme-sanitize-block"]?.estimatedMs).toBeNull();
});

test.each([
  ["id-ctrl-without-sanitize", "sanitize-log-refused", null, "it has no Sanitize"],
  ["id-ctrl", "sanitize-log-refused", null, "it does not show its sanitize log"],
  ["id-ctrl", "sanitize-log-running", null, "it is in the middle of a sanitize"],
  ["id-ctrl", "sanitize-log-never", "ANOTHER", "it does not answer Identify Controller as the planned disk"],
  ["nvme-gone", "nvme-gone", null, "it does not answer Identify Controller as the planned disk"],
])("%s with %s of %s: %s", async (controller, log, serial, obstacle) => {
  const tools = { [idCtrl]: recorded(controller), [sanitizeLog]: recorded(log) };
  const capabilities = await nvmeSanitize.capabilities(disk(tools, serial));
  expect(capabilities["nvme-sanitize-block"]?.obstacle).toBe(obstacle);
});

test.each([
  ["nvme-sanitize-crypto", "--sanact=4"],
  ["nvme-sanitize-block", "--sanact=2"],
  ["nvme-sanitize-overwrite", "--sanact=3 --owpass=1 --ovrpat=0"],
] as const)("%s is given as %s", async (command, options) => {
  const tools = { [`nvme sanitize ${options} /dev/nvme1n1`]: recorded("nvme-sanitize-taken") };
  expect((await nvmeSanitize.issue(disk(tools), command)).taken).toBe(true);
});

test.each(["nvme-sanitize-refused", "nvme-sanitize-unknown", "nvme-gone"])(
  "%s is not taken",
  async (name) => {
    const tools = { "nvme sanitize --sanact=2 /dev/nvme1n1": recorded(name) };
    const answer = await nvmeSanitize.issue(disk(tools), "nvme-sanitize-block");
    expect(answer.taken).toBe(false);
    expect(answer.words).not.toBe("");
  },
);

import { expect, test } from "vitest";
import { memoryMachine } from "../testing/memory-machine.ts";
import { ataSanitize, parseStatus } from "./ata-sanitize.ts";
import { recorded } from "./testing/recorded.ts";

test.each([
  ["sanitize-status-never", { state: "idle", words: "SD0 Sanitize Idle" }],
  [
    "sanitize-status-running",
    { state: "running", fractionDone: 0x1867 / 65536, words: "SD2 Sanitize operation In Process" },
  ],
  [
    "sanitize-status-done",
    {
      state: "succeeded",
      words: "SD0 Sanitize Idle, Last Sanitize Operation Completed Without Error",
    },
  ],
])("%s", (name, status) => {
  expect(parseStatus(recorded(name))).toEqual(status);
});

test("a failed sanitize is told where the kernel gives sense data with descriptors", () => {
  expect(parseStatus(recorded("sanitize-status-failed-descriptor"))).toEqual({
    state: "failed",
    words: "SD3 Sanitize Operation Failed",
  });
});

test("a disk that aborts the question has failed, though hdparm ends with 0 and says that it is idle", () => {
  const said = recorded("sanitize-status-failed-fixed");
  expect(said).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("SD0 Sanitize Idle") });
  expect(parseStatus(said)).toEqual({ state: "failed", words: "the disk aborts SANITIZE STATUS EXT" });
});

test("no answer is no status", () => {
  expect(parseStatus(recorded("sanitize-status-unsupported"))).toBeNull();
  expect(parseStatus({ exitCode: null, stdout: "", stderr: "" })).toBeNull();
  expect(parseStatus({ exitCode: 0, stdout: "", stderr: "" })).toBeNull();
});

function disk(identify: string, status = "sanitize-status-never") {
  const tools = {
    "hdparm -I /dev/sdb": recorded(identify),
    "hdparm --sanitize-status /dev/sdb": recorded(status),
  };
  return { machine: memoryMachine({}, { tools }), path: "/dev/sdb", serial: null };
}

test.each([
  ["identify-ata", "sanitize-status-never", null],
  ["identify-frozen", "sanitize-status-never", null],
  ["identify-without-security", "sanitize-status-never", "it has no Sanitize"],
  [
    "identify-password-set",
    "sanitize-status-never",
    "a password is set (after an erase of ours that was cut off: trofie)",
  ],
  [
    "identify-locked",
    "sanitize-status-never",
    "it is locked with a password (after an erase of ours that was cut off: trofie)",
  ],
  ["identify-ata", "sanitize-status-running", "it is in the middle of a sanitize"],
  ["identify-of-scsi", "sanitize-status-never", "it does not answer IDENTIFY DEVICE as the planned disk"],
])("%s with %s: %s", async (identify, status, obstacle) => {
  const capabilities = await ataSanitize.capabilities(disk(identify, status));
  expect(capabilities["ata-sanitize-block"]?.obstacle).toBe(obstacle);
  expect(capabilities["ata-sanitize-crypto"]?.obstacle).toBe(obstacle);
});

test("a command that the disk lacks is told apart from those that it has", async () => {
  const said = recorded("identify-ata");
  const stdout = said.stdout.replace("\t   *\tCRYPTO_SCRAMBLE_EXT command\n", "");
  const tools = { "hdparm -I /dev/sdb": { ...said, stdout } };
  const capabilities = await ataSanitize.capabilities({
    machine: memoryMachine({}, { tools }),
    path: "/dev/sdb",
    serial: null,
  });
  expect(capabilities["ata-sanitize-crypto"]?.obstacle).toBe("its Sanitize has no crypto scramble");
  expect(capabilities["ata-sanitize-overwrite"]).toMatchObject({ obstacle: null, estimatedMs: 120_000 });
});

test("a Sanitize that is frozen is refused with what to do", async () => {
  const said = recorded("sanitize-status-never");
  const stdout = said.stdout.replace("SD0 Sanitize Idle", "SD1 Sanitize Frozen");
  const machine = memoryMachine(
    {},
    {
      tools: {
        "hdparm -I /dev/sdb": recorded("identify-ata"),
        "hdparm --sanitize-status /dev/sdb": { ...said, stdout },
      },
    },
  );
  const capabilities = await ataSanitize.capabilities({ machine, path: "/dev/sdb", serial: null });
  expect(capabilities["ata-sanitize-block"]?.obstacle).toBe("its Sanitize is frozen (switch it off and on)");
});

test.each([
  ["ata-sanitize-crypto", "--sanitize-crypto-scramble"],
  ["ata-sanitize-block", "--sanitize-block-erase"],
  ["ata-sanitize-overwrite", "--sanitize-overwrite-passes 1 --sanitize-overwrite hex:00000000"],
] as const)("%s is given as %s", async (command, options) => {
  const line = `hdparm --yes-i-know-what-i-am-doing ${options} /dev/sdb`;
  const machine = memoryMachine({}, { tools: { [line]: recorded("ata-sanitize-taken") } });
  const answer = await ataSanitize.issue({ machine, path: "/dev/sdb", serial: null }, command);
  expect(answer).toEqual({ taken: true, words: "the disk has begun" });
});

test("a command that was aborted is not taken, though hdparm ends with 0 and says that it has begun", async () => {
  const { stdout } = recorded("ata-sanitize-taken");
  const { stderr } = recorded("security-erase-aborted");
  const line = "hdparm --yes-i-know-what-i-am-doing --sanitize-block-erase /dev/sdb";
  const machine = memoryMachine({}, { tools: { [line]: { exitCode: 0, stdout, stderr } } });
  const answer = await ataSanitize.issue({ machine, path: "/dev/sdb", serial: null }, "ata-sanitize-block");
  expect(answer.taken).toBe(false);
  expect(answer.words).toMatch(/^SG_IO: bad\/missing sense data/);
});

test("without hdparm nothing can be asked", async () => {
  const asked = ataSanitize.capabilities({ machine: memoryMachine({}), path: "/dev/sdb", serial: null });
  await expect(asked).rejects.toMatchObject({
    code: "TOOL_MISSING",
    message: "Cannot erase /dev/sdb: hdparm is not installed (Debian's package hdparm)",
  });
});

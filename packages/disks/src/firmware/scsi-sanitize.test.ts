import { expect, test } from "vitest";
import { memoryMachine, type MemoryMachineOptions } from "../testing/memory-machine.ts";
import { doesNotTell, parseSense, scsiSanitize } from "./scsi-sanitize.ts";
import { recorded } from "./testing/recorded.ts";

const opcode = (serviceAction: number) => `sg_opcodes --no-inquiry --opcode=0x48,${serviceAction} /dev/sdb`;
const requests = "sg_requests /dev/sdb";
const turs = "sg_turs --verbose /dev/sdb";

function disk(tools: NonNullable<MemoryMachineOptions["tools"]>) {
  const ready = { [requests]: recorded("requests-nothing"), [turs]: recorded("turs-ready") };
  return { machine: memoryMachine({}, { tools: { ...ready, ...tools } }), path: "/dev/sdb", serial: null };
}

test("a disk that tells its commands has those and no others; of one that does not, only trying shows", async () => {
  const tools = {
    [opcode(1)]: recorded("opcodes-supported"),
    [opcode(2)]: recorded("opcodes-not-supported"),
    [opcode(3)]: recorded("opcodes-unknown"),
  };
  expect(await scsiSanitize.capabilities(disk(tools))).toMatchObject({
    "scsi-sanitize-overwrite": { obstacle: null, warnings: [] },
    "scsi-sanitize-block": { obstacle: "it has no SANITIZE by block erase" },
    "scsi-sanitize-crypto": { obstacle: null, warnings: [doesNotTell] },
  });
});

test.each([
  ["requests-running", "turs-running", "it is in the middle of a sanitize"],
  ["requests-gone", "requests-gone", "it does not answer TEST UNIT READY"],
])("%s: %s", async (requested, tested, obstacle) => {
  const tools = { [requests]: recorded(requested), [turs]: recorded(tested) };
  const capabilities = await scsiSanitize.capabilities(disk(tools));
  expect(capabilities["scsi-sanitize-block"]?.obstacle).toBe(obstacle);
});

test.each([
  ["scsi-sanitize-crypto", "--crypto"],
  ["scsi-sanitize-block", "--block"],
  ["scsi-sanitize-overwrite", "--overwrite --zero"],
] as const)("%s is given as %s", async (command, options) => {
  const tools = { [`sg_sanitize ${options} --early --quick /dev/sdb`]: recorded("sg-sanitize-taken") };
  expect((await scsiSanitize.issue(disk(tools), command)).taken).toBe(true);
});

test.each(["sg-sanitize-refused", "sg-sanitize-not-ready"])("%s is not taken", async (name) => {
  const tools = { "sg_sanitize --block --early --quick /dev/sdb": recorded(name) };
  const answer = await scsiSanitize.issue(disk(tools), "scsi-sanitize-block");
  expect(answer.taken).toBe(false);
  expect(answer.words).toMatch(/^Sanitize failed: /);
});

const status = (tools: NonNullable<MemoryMachineOptions["tools"]>, wasTaken: boolean) =>
  scsiSanitize.status(disk(tools), "scsi-sanitize-block", wasTaken);

test("a disk that works says how far it is", async () => {
  expect(await status({ [requests]: recorded("requests-running") }, true)).toEqual({
    state: "running",
    fractionDone: 0.2186,
    words: "Not Ready, Logical unit not ready, sanitize in progress",
  });
});

test("a failure that REQUEST SENSE keeps silent about is told by TEST UNIT READY", async () => {
  expect(await status({ [turs]: recorded("turs-failed") }, true)).toEqual({
    state: "failed",
    words: "Medium Error, Sanitize command failed",
  });
});

test("a disk that is ready has done what it took, and nothing that it may not have taken", async () => {
  expect((await status({}, true))?.state).toBe("succeeded");
  expect((await status({}, false))?.state).toBe("idle");
});

test("a disk that is gone has no status", async () => {
  expect(
    await status({ [requests]: recorded("requests-gone"), [turs]: recorded("requests-gone") }, true),
  ).toBeNull();
});

test("what is not about a sanitize is no status", () => {
  const stderr = "Fixed format, current; Sense key: Not Ready\nAdditional sense: Medium not present\n";
  expect(parseSense(stderr)).toBeNull();
});

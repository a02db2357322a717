/** What is recorded of a job, as the terminal tells it: in a few lines after its end, and in full. */
import type {
  EraseFindings,
  FaultyRange,
  Findings,
  HealthFindings,
  Job,
  PassReport,
  VerificationReport,
} from "@trofie/contract";
import { expect, test } from "vitest";
import { findingsText } from "./findings-text.ts";
import { jobReportText } from "./job-report-text.ts";

const verification: VerificationReport = {
  kind: "full",
  bytesRead: 8_388_608,
  mismatchedBytes: 0,
  unreadableBytes: 0,
  evidence: true,
  durationMs: 500,
};

const keyHex = "5eed".repeat(16);
const randomPass: PassReport = {
  kind: "overwrite",
  fill: { kind: "random", stream: "aes-256-ctr", keyHex },
  bytesWritten: 8_388_608,
  rewrittenBytes: 0,
  durationMs: 1_000,
  generatingMs: 10,
  verification,
};

const erase: EraseFindings = {
  kind: "erase",
  warnings: ["It has a host protected area (HPA): that part of the medium is not erased"],
  directIo: true,
  passes: [{ ...randomPass, fill: { kind: "pattern", hex: "924924" }, verification: null }, randomPass],
  faulty: [],
  faultyBytes: 0,
  rangesCut: false,
  resumptions: [],
};

function jobWith(findings: Findings | null, more: Partial<Job> = {}): Job {
  return {
    id: "j_1",
    kind: "erase",
    state: "erased",
    path: "/dev/it's",
    identity: {
      kind: "disk",
      serial: "S1",
      wwn: null,
      model: "A disk",
      sizeBytes: 8_388_608,
      busPath: null,
      backing: null,
      diskseq: "7",
    },
    title: "A method, 2 passes",
    planHash: "0".repeat(64),
    createdAt: "2026-11-22T14:03:21.000Z",
    startedAt: "2026-11-22T14:03:22.000Z",
    stopAskedAt: null,
    endedAt: "2026-11-22T14:03:25.000Z",
    why: null,
    report: { outcome: "erased", message: "Read back as written", durationMs: 1_500, findings },
    ...more,
  };
}

const ranges = (count: number): FaultyRange[] =>
  Array.from({ length: count }, (_, i) => ({
    offset: i * 1_000_000,
    lengthBytes: 4_096,
    fault: "read",
    exact: true,
  }));

test("a job in full tells each pass, with its pattern or its key, and what was read back", () => {
  const text = jobReportText(jobWith(erase));
  expect(text).toMatch(/^Job j_1\n {2}state +erased\n {2}why +Read back as written\n/);
  expect(text).toMatch(/1 +92 49 24 +8,388,608 bytes +1\.0 s +8\.39 MB\/s/);
  expect(text).toMatch(/2 +random \(aes-256-ctr\)/);
  expect(text).toContain(`pass 2: aes-256-ctr ${keyHex}`);
  expect(text).toContain("pass 2: 8.39 MB read back, none differs (8,388,608 bytes, 0.5 s)");
  expect(text).toContain("What its plan warned of:\n  It has a host protected area (HPA)");
});

test("the command that compares the disk with its last pass can be given to a shell as it stands", () => {
  expect(jobReportText(jobWith(erase))).toContain(
    `openssl enc -aes-256-ctr -K ${keyHex} -iv ${"0".repeat(32)} -in /dev/zero | cmp --bytes=8388608 - '/dev/it'\\''s'`,
  );
});

test.each<[string, PassReport[]]>([
  ["OpenSSL cannot make", [{ ...randomPass, fill: { kind: "random", stream: "chacha8", keyHex } }]],
  ["was discarded afterwards", [randomPass, { kind: "discard", done: true, durationMs: 1 }]],
])("a last pass that %s has no such command", (_, passes) => {
  expect(jobReportText(jobWith({ ...erase, passes }))).not.toContain("openssl");
});

test("after its end a job tells the first faulty ranges, how many there are, and where all of them are told", () => {
  const findings = { ...erase, faulty: ranges(20), faultyBytes: 20 * 4_096 };
  const job = jobWith(findings);
  expect(findingsText(job)).toEqual([
    "8.39 MB read back, none differs",
    "20 faulty ranges, 81.9 kB in all:",
    "4,096 bytes at 0 cannot be read back",
    "4,096 bytes at 1,000,000 cannot be read back",
    "4,096 bytes at 2,000,000 cannot be read back",
    expect.stringMatching(/^all of it: (npx )?trofie job j_1$/) as string,
  ]);
  expect(jobReportText(job).match(/cannot be read back/g)).toHaveLength(20);
});

test("of several passes that were read back it is told of how many, and that none differs only where that is so of all", () => {
  const verified = erase.passes.findLast((pass) => pass.kind === "overwrite" && pass.verification !== null);
  if (verified?.kind !== "overwrite") throw new Error("No pass was verified");
  const bad = { ...verified, verification: { ...verified.verification!, unreadableBytes: 512 } };
  expect(findingsText(jobWith({ ...erase, passes: [verified, verified, verified] }))).toEqual([
    "in each of 3 passes 8.39 MB read back, none differs",
  ]);
  expect(findingsText(jobWith({ ...erase, passes: [bad, verified] }))).toEqual([
    "in the last of 2 passes 8.39 MB read back, none differs",
  ]);
});

test("a job that went on after it was cut off says where, and whether what it had written was there", () => {
  const resumptions = [
    { pass: 1, offset: 4_194_304, overlapBytes: 1_048_576, proven: true, diskseq: "8" },
    { pass: 1, offset: 8_388_608, overlapBytes: 1_048_576, proven: false, diskseq: "9" },
    { pass: 2, offset: 0, overlapBytes: 0, proven: true, diskseq: "9" },
  ];
  const job = jobWith({ ...erase, resumptions });
  expect(findingsText(job)).toContain("went on 3 times after it was cut off");
  expect(jobReportText(job)).toContain(
    "in pass 2, at 4,194,304: 1.05 MB before it are as they were written\n" +
      "  in pass 2, at 8,388,608: 1.05 MB before it are not as they were written: the pass began anew\n" +
      "  from the beginning of pass 3",
  );
});

test("a disk's own erase is told with what the disk says and what samples say", () => {
  const firmware = {
    command: "nvme-sanitize-block",
    status: "the last sanitize succeeded",
    succeeded: true,
    samples: 100,
    silentSamples: 10,
    unchangedSamples: 0,
    durationMs: 9_000,
  } as const;
  const text = jobReportText(jobWith({ ...erase, passes: [{ kind: "firmware", firmware }] }));
  expect(text).toMatch(/1 +NVMe Sanitize, block erase +- +9\.0 s/);
  expect(text).toContain("pass 1: succeeded: the last sanitize succeeded");
  expect(text).toContain("pass 1: of 100 samples 10 held nothing before; of the others 0 are as before");
});

const health: HealthFindings = {
  kind: "health",
  verdict: "sus",
  reasons: ["8 sectors wait to be reallocated"],
  temperatureC: 41,
  powerOnHours: 12_345,
  powerCycles: null,
  selfAssessment: "passed",
  attributes: [{ id: 197, name: "Current_Pending_Sector", value: "8", failed: "now" }],
};

test("a disk's health is told as a verdict, why, and what it measures", () => {
  const job = jobWith(health, { kind: "health", state: "done" });
  expect(findingsText(job)).toEqual([
    "suspect: it shows signs of failing",
    "8 sectors wait to be reallocated",
    "Current_Pending_Sector 8: below its threshold now",
    "41 °C, 12,345 hours on",
  ]);
  expect(jobReportText(job)).toMatch(/197 +Current_Pending_Sector +8 +now/);
});

test("an image is told by its hash, and what was grown for it", () => {
  const findings: Findings = {
    kind: "image-write",
    contentBytes: 2_000_000,
    sha256: "ab".repeat(32),
    readBack: true,
    grown: { path: "/dev/sdb2", fileSystem: "ext4", sizeBytes: 7_000_000 },
  };
  expect(findingsText(jobWith(findings))).toEqual([
    `sha256 ${"ab".repeat(32)} of 2.00 MB, and the same when read back`,
    "grew /dev/sdb2 and its ext4 to 7.00 MB",
  ]);
});

test("a verification is told with what was expected, its key too", () => {
  const findings: Findings = {
    kind: "verify",
    directIo: true,
    expect: { kind: "random", stream: "chacha20", keyHex },
    verification: { ...verification, kind: "sampled" },
    faulty: ranges(1),
    rangesCut: false,
  };
  const text = jobReportText(jobWith(findings));
  expect(text).toContain("random (chacha20)");
  expect(text).toContain(keyHex);
  expect(text).toContain("Faulty:\n  4,096 bytes at 0 cannot be read back");
});

test("what was unmounted is told, and a job without findings tells what is known of it", () => {
  expect(findingsText(jobWith({ kind: "unmount", unmounted: ["/mnt"], swapsOff: ["/dev/sdb3"] }))).toEqual([
    "unmounted /mnt",
    "switched swap off on /dev/sdb3",
  ]);
  const resting = jobWith(null, {
    state: "interrupted",
    why: "Its disk is gone",
    report: null,
    endedAt: null,
  });
  expect(jobReportText(resting)).toMatch(/state +interrupted\n +why +Its disk is gone\n/);
  expect(jobReportText(resting)).not.toContain("ended");
});

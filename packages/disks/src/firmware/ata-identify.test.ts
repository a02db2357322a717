import { expect, test } from "vitest";
import { memoryMachine } from "../testing/memory-machine.ts";
import { identifyAta, parseIdentify } from "./ata-identify.ts";
import { recorded } from "./testing/recorded.ts";

const security = (name: string) => parseIdentify(recorded(name).stdout)?.security;

test("a disk tells its name, its Sanitize commands and how its Security stands", () => {
  expect(parseIdentify(recorded("identify-ata").stdout)).toEqual({
    model: "TestATA",
    serial: "NODE-ATA-1",
    sanitize: { crypto: true, block: true, overwrite: true },
    security: {
      enabled: false,
      locked: false,
      frozen: false,
      expired: false,
      enhanced: true,
      eraseMs: 120_000,
      enhancedEraseMs: 120_000,
    },
  });
});

test.each([
  ["identify-password-set", { enabled: true, locked: false, frozen: false }],
  ["identify-locked", { enabled: true, locked: true, frozen: false }],
  ["identify-frozen", { enabled: false, locked: false, frozen: true }],
])("%s is read as it is", (name, bits) => {
  expect(security(name)).toMatchObject(bits);
});

test("a disk without Sanitize and Security has neither", () => {
  const identity = parseIdentify(recorded("identify-without-security").stdout);
  expect(identity).toMatchObject({ serial: "QSATA1", sanitize: null, security: null });
});

test("the table that hdparm prints of a disk that knows no ATA is no answer", () => {
  expect(parseIdentify(recorded("identify-of-scsi").stdout)).toBeNull();
});

test("a Security part that lacks one of its lines is no answer", () => {
  const { stdout } = recorded("identify-ata");
  for (const line of [
    "supported",
    "not\tenabled",
    "not\tlocked",
    "not\tfrozen",
    "not\texpired: security count",
  ]) {
    const lacking = stdout.replace(new RegExp(`^\\t+${line}\\n`, "m"), "");
    expect(lacking).not.toBe(stdout);
    expect(parseIdentify(lacking)?.security).toBeNull();
  }
});

test("an erase of more than 508 minutes is taken for 508", () => {
  const text = recorded("identify-ata").stdout.replace(
    "\t2min for SECURITY ERASE UNIT. 2min for",
    "\tmore than 508min for SECURITY ERASE UNIT. 2min for",
  );
  expect(parseIdentify(text)?.security).toMatchObject({ eraseMs: 508 * 60_000, enhancedEraseMs: 120_000 });
});

test("what answers with another serial number is not the disk", async () => {
  const machine = memoryMachine({}, { tools: { "hdparm -I /dev/sdb": recorded("identify-ata") } });
  expect(await identifyAta({ machine, path: "/dev/sdb", serial: "NODE-ATA-1" })).not.toBeNull();
  expect(await identifyAta({ machine, path: "/dev/sdb", serial: "ANOTHER" })).toBeNull();
});

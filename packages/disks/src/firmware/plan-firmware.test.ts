import { expect, test } from "vitest";
import type { Executed } from "../machine/machine.ts";
import { discoverWithoutContents } from "../discovery/discover.ts";
import { nowhere } from "../testing/machines.ts";
import { memoryMachine, type Tree } from "../testing/memory-machine.ts";
import { diskInSysfs, systemOn } from "../testing/sysfs.ts";
import { firmwarePassesFor } from "./plan-firmware.ts";
import { recorded } from "./testing/recorded.ts";

type Tools = Readonly<Record<string, Partial<Executed>>>;
const GiB = 1024 ** 3;

async function plan(tree: Tree, tools: Tools, path: string, methodId: string, places = nowhere) {
  const machine = memoryMachine({ ...systemOn("254:1"), ...tree }, { tools });
  const found = (await discoverWithoutContents(machine, places)).find(({ device }) => device.path === path);
  if (found === undefined) throw new Error(`There is no ${path}`);
  return firmwarePassesFor(
    { machine, places, found, bootId: "boot", holds: async () => [], left: null },
    methodId,
  );
}

function sata(rotational: string): Tree {
  return diskInSysfs({
    folder: "pci0000:00/0000:00:17.0/ata2/host2/target2:0:0/2:0:0:0/block/sdb",
    number: "8:16",
    sizeBytes: 64 * GiB,
    files: {
      "device/vendor": "ATA",
      "device/vpd_pg80": `\u0000\uFFFD\u0000\u0014${"NODE-ATA-1".padEnd(20)}`,
      "queue/rotational": rotational,
    },
  });
}

function ataTools(identify: string, without: readonly string[] = []): Tools {
  const said = recorded(identify);
  const known = said.stdout.replace(/QSATA1 {4}/, "NODE-ATA-1");
  const stdout = without.reduce((text, line) => text.replace(new RegExp(`.*${line}\n`), ""), known);
  return {
    "hdparm -I /dev/sdb": { ...said, stdout },
    "hdparm --sanitize-status /dev/sdb": recorded("sanitize-status-never"),
  };
}

const ata = (rotational: string, identify: string, method = "nist-purge", without: readonly string[] = []) =>
  plan(sata(rotational), ataTools(identify, without), "/dev/sdb", method);

test.each([
  ["1", [], "ata-sanitize-overwrite"],
  ["1", ["OVERWRITE_EXT command"], "ata-sanitize-crypto"],
  ["1", ["SANITIZE feature set"], "ata-security-erase-enhanced"],
  ["0", [], "ata-sanitize-block"],
  ["0", ["BLOCK_ERASE_EXT command"], "ata-sanitize-crypto"],
])("nist-purge on an ATA disk, rotational %s without %j: %s", async (rotational, without, command) => {
  const { passes, level } = await ata(rotational, "identify-ata", "nist-purge", without);
  expect(passes).toEqual([{ kind: "firmware", command }]);
  expect(level).toBe("Purge");
});

test.each([
  ["1", "identify-without-security", "it has no Sanitize, it has no ATA Security Erase"],
  ["0", "identify-without-security", "it has no Sanitize"],
  ["1", "identify-locked", "it is locked with a password (after an erase of ours that was cut off: trofie)"],
  ["1", "identify-of-scsi", "it does not answer IDENTIFY DEVICE as the planned disk"],
])("nist-purge on an ATA disk, rotational %s, %s is refused: %s", async (rotational, identify, why) => {
  await expect(ata(rotational, identify)).rejects.toMatchObject({
    code: "ERASE_NOT_POSSIBLE",
    message: `Cannot erase /dev/sdb by nist-purge: ${why}`,
  });
});

test("on flash Security Erase is no Purge, so nist-purge does not take it", async () => {
  await expect(ata("0", "identify-ata", "nist-purge", ["SANITIZE feature set"])).rejects.toMatchObject({
    message: "Cannot erase /dev/sdb by nist-purge: it has no Sanitize",
  });
});

test("a disk whose Security is frozen is refused with what to do", async () => {
  await expect(ata("1", "identify-frozen", "ata-security-erase")).rejects.toMatchObject({
    message:
      "Cannot erase /dev/sdb by ata-security-erase: its Security is frozen (suspend the machine once, then it is not)",
  });
});

test.each([
  ["1", "ata-security-erase-enhanced", "Purge"],
  ["0", "ata-security-erase-enhanced", "Clear"],
  ["1", "ata-security-erase", "Clear"],
  ["0", "ata-sanitize-overwrite", "Clear"],
  ["1", "ata-sanitize-overwrite", "Purge"],
])("rotational %s: %s reaches %s", async (rotational, method, level) => {
  const made = await ata(rotational, "identify-ata", method);
  expect(made.level).toBe(level);
  const isLess = made.warnings.some((warning) => warning.startsWith("On flash"));
  expect(isLess).toBe(rotational === "0");
});

test("the plan of a Security Erase says how long it takes and what it leaves if power is cut", async () => {
  const made = await ata("1", "identify-ata", "ata-security-erase");
  expect(made.estimatedMs).toBe(120_000);
  expect(made.warnings).toEqual([
    "Only the disk's own word and samples of its content, before and after, show what it did",
    "Once begun it can be neither paused nor stopped",
    'A password is set for it ("trofie"), and is gone when it is done; power that is cut meanwhile leaves the disk locked with it',
  ]);
});

const nvmeFolder = "pci0000:00/0000:00:06.0/nvme/nvme1";
function nvme(...names: string[]): Tree {
  const trees = names.map((name, i) =>
    diskInSysfs({
      folder: `${nvmeFolder}/${name}`,
      number: `259:${i}`,
      sizeBytes: 64 * GiB,
      files: {
        "device/serial": "NODE-NVME-1",
        "device/subsysnqn": "nqn.2026-01.test:one",
        nsid: String(i + 1),
      },
    }),
  );
  return Object.assign({}, ...trees) as Tree;
}

function nvmeTools(controller = recorded("id-ctrl")): Tools {
  return {
    "nvme id-ctrl --output-format=json /dev/nvme1n1": controller,
    "nvme sanitize-log --output-format=json /dev/nvme1n1": recorded("sanitize-log-never"),
  };
}

test("nist-purge on NVMe is Sanitize by block erase, and takes the other namespaces along", async () => {
  const made = await plan(nvme("nvme1n1", "nvme1n2"), nvmeTools(), "/dev/nvme1n1", "nist-purge");
  expect(made).toMatchObject({
    passes: [{ kind: "firmware", command: "nvme-sanitize-block" }],
    level: "Purge",
    estimatedMs: 2000,
  });
  expect(made.warnings).toContain(
    "It erases the whole NVMe subsystem, also what this machine does not see of it: /dev/nvme1n2",
  );
});

test("an NVMe disk without Sanitize has no Purge, though it can be formatted", async () => {
  const said = recorded("id-ctrl");
  const tools = nvmeTools({ ...said, stdout: said.stdout.replace('"sanicap":7', '"sanicap":0') });
  await expect(plan(nvme("nvme1n1"), tools, "/dev/nvme1n1", "nist-purge")).rejects.toMatchObject({
    message: "Cannot erase /dev/nvme1n1 by nist-purge: it has no Sanitize",
  });
  const made = await plan(nvme("nvme1n1"), tools, "/dev/nvme1n1", "nvme-format-crypto");
  expect(made.level).toBe("Clear");
  expect(made.warnings).toContain("It only changes a key: it is worth as much as the disk's encryption");
});

test("a sanitize of a subsystem of which another namespace is in use is refused", async () => {
  const tree = { ...nvme("nvme1n1", "nvme1n2"), ...systemOn("259:1") };
  await expect(plan(tree, nvmeTools(), "/dev/nvme1n1", "nvme-sanitize-crypto")).rejects.toMatchObject({
    code: "DEVICE_IS_SYSTEM",
    message: expect.stringMatching(
      /^Cannot erase \/dev\/nvme1n1: that would erase its whole NVMe subsystem, and \/dev\/nvme1n2 is not free: /,
    ),
  });
});

test("a sanitize of a subsystem of which another namespace is protected is refused", async () => {
  const places = { ...nowhere, protected: ["/dev/nvme1n2"] };
  const tree = nvme("nvme1n1", "nvme1n2");
  await expect(plan(tree, nvmeTools(), "/dev/nvme1n1", "nvme-sanitize-crypto", places)).rejects.toMatchObject(
    {
      code: "DEVICE_PROTECTED",
      message: expect.stringMatching(/nvme1n2 is not free: it is protected \(\/dev\/nvme1n2\)$/),
    },
  );
});

test("without nvme-cli nothing can be asked", async () => {
  await expect(plan(nvme("nvme1n1"), {}, "/dev/nvme1n1", "nist-purge")).rejects.toMatchObject({
    code: "TOOL_MISSING",
    message: "Cannot erase /dev/nvme1n1: nvme is not installed (Debian's package nvme-cli)",
  });
});

function sas(rotational: string): Tree {
  return diskInSysfs({
    folder: "pci0000:00/0000:01:00.0/host0/port-0:0/end_device-0:0/target0:0:0/0:0:0:0/block/sdb",
    number: "8:16",
    sizeBytes: 64 * GiB,
    files: { "device/vendor": "SEAGATE", "queue/rotational": rotational },
  });
}

function scsiTools(opcodes: string): Tools {
  const opcode = (action: number) => [
    `sg_opcodes --no-inquiry --opcode=0x48,${action} /dev/sdb`,
    recorded(opcodes),
  ];
  return {
    "sg_requests /dev/sdb": recorded("requests-nothing"),
    "sg_turs --verbose /dev/sdb": recorded("turs-ready"),
    ...(Object.fromEntries([1, 2, 3].map(opcode)) as Tools),
  };
}

test.each([
  ["1", "scsi-sanitize-overwrite"],
  ["0", "scsi-sanitize-block"],
])("nist-purge on a SAS disk, rotational %s: %s", async (rotational, command) => {
  const { passes } = await plan(sas(rotational), scsiTools("opcodes-supported"), "/dev/sdb", "nist-purge");
  expect(passes).toEqual([{ kind: "firmware", command }]);
});

test("a SAS disk that has none of its commands is refused; one that does not tell is tried, with a warning", async () => {
  await expect(
    plan(sas("1"), scsiTools("opcodes-not-supported"), "/dev/sdb", "nist-purge"),
  ).rejects.toMatchObject({
    message:
      "Cannot erase /dev/sdb by nist-purge: it has no SANITIZE by overwrite, it has no SANITIZE by cryptographic erase",
  });
  const { warnings } = await plan(sas("1"), scsiTools("opcodes-unknown"), "/dev/sdb", "nist-purge");
  expect(warnings.at(-1)).toMatch(/^It does not tell which commands it has/);
});

test.each([
  [
    "pci0000:00/0000:00:14.0/usb2/2-1/2-1:1.0/host6/target6:0:0/6:0:0:0/block/sdc",
    "it is attached by USB: no command of its own is reachable",
  ],
  [
    "pci0000:00/0000:00:02.0/virtio1/block/vdb",
    "it is a virtual disk: no command of the disk below is reachable",
  ],
  [
    "pci0000:00/0000:00:1e.0/mmc_host/mmc0/mmc0:0001/block/mmcblk0",
    "it is a memory card: no command of its own is reachable",
  ],
  ["virtual/block/loop3", "it is a loop device: a file has no firmware"],
  ["virtual/block/zram1", "its kind has no command of the firmware that is known here"],
])("%s is refused by every method", async (folder, why) => {
  const path = `/dev/${folder.split("/").at(-1)}`;
  const tree = diskInSysfs({
    folder,
    number: "8:32",
    sizeBytes: GiB,
    files: { "device/vendor": "ATA", "loop/backing_file": "/images/three" },
  });
  for (const method of ["nist-purge", "ata-security-erase"]) {
    await expect(plan(tree, {}, path, method)).rejects.toMatchObject({
      code: "ERASE_NOT_POSSIBLE",
      message: `Cannot erase ${path} by ${method}: ${why}`,
    });
  }
});

test("a command for another kind of disk is refused", async () => {
  await expect(ata("1", "identify-ata", "nvme-format")).rejects.toMatchObject({
    message: "Cannot erase /dev/sdb by nvme-format: it is an ATA disk",
  });
  await expect(ata("1", "identify-ata", "toString")).rejects.toMatchObject({ code: "ERASE_NOT_POSSIBLE" });
});

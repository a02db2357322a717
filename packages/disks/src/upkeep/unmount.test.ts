import { mkdirSync, writeFileSync } from "node:fs";
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { JobReport, UnmountPlan } from "@trofie/contract";
import { afterAll, describe, expect, test } from "vitest";
import { linuxMachine } from "../machine/linux-machine.ts";
import type { Machine } from "../machine/machine.ts";
import { LoopWorkshop, run, whyNoLoops } from "../testing/loop-device.ts";
import { laptop, nowhere, workbench } from "../testing/machines.ts";
import { memoryMachine, type Tree } from "../testing/memory-machine.ts";
import { diskInSysfs, mountLine, systemOn } from "../testing/sysfs.ts";
import { planOf, workContext } from "../testing/work-context.ts";
import { carryOutUnmount, makeUnmountPlan } from "./unmount.ts";

const GiB = 1024 ** 3;
const boot = { "/proc/sys/kernel/random/boot_id": "boot" };

function plan(machine: Machine, path = "/dev/sdb"): Promise<UnmountPlan> {
  return planOf(machine, nowhere, makeUnmountPlan, { kind: "unmount", path });
}

async function unmount(machine: Machine, path = "/dev/sdb"): Promise<JobReport> {
  return carryOutUnmount(workContext(machine, nowhere, await plan(machine, path)).context);
}

/** sdb: a partition with a file system, one with LUKS and LVM in it, and one with swap. */
const layered = (mounts: readonly string[]): Tree => ({
  ...systemOn("8:1", mounts),
  ...boot,
  "/proc/swaps":
    "Filename Type Size Used Priority\n/dev/sdb3 partition 1 0 -2\n/dev/sda2 partition 1 0 -3\n/mnt/a/swapfile file 1 0 -4",
  "/mnt/a": { onDevice: "8:17" },
  "/mnt/a/swapfile": { kind: "regular" },
  ...diskInSysfs({
    folder: "pci0000:00/0000:00:17.0/ata2/host2/target2:0:0/2:0:0:0/block/sdb",
    number: "8:16",
    sizeBytes: 100 * GiB,
    partitions: [GiB, 50 * GiB, GiB],
    files: {
      "sdb2/holders/dm-0/dev": "252:0",
      "sdb2/holders/dm-0/holders": { link: "/sys/devices/virtual/block/dm-0/holders" },
    },
  }),
  ...diskInSysfs({
    folder: "virtual/block/dm-0",
    number: "252:0",
    sizeBytes: 50 * GiB,
    files: { "slaves/sdb2/dev": "8:18", "holders/dm-1/dev": "252:1" },
  }),
  ...diskInSysfs({
    folder: "virtual/block/dm-1",
    number: "252:1",
    sizeBytes: 40 * GiB,
    files: { "slaves/dm-0/dev": "252:0" },
  }),
  ...diskInSysfs({
    folder: "pci0000:00/x/ata1/block/sda",
    number: "8:0",
    sizeBytes: GiB,
    partitions: [GiB / 2, GiB / 4],
  }),
});

describe("a plan", () => {
  test("lists what stands on the disk, the last mounted first, through LUKS and LVM, and its swap", async () => {
    const machine = memoryMachine(
      layered([
        mountLine("8:17", "/mnt/a", "ext4", "/dev/sdb1"),
        mountLine("252:1", "/mnt/a/home", "ext4", "/dev/mapper/vg-home"),
        mountLine("0:40", "/tmp", "tmpfs", "tmpfs"),
        mountLine("8:17", "/srv/bind", "ext4", "/dev/sdb1"),
      ]),
    );
    expect(await plan(machine)).toMatchObject({
      mounts: [
        { path: "/dev/sdb1", point: "/srv/bind" },
        { path: "/dev/mapper/vg-home", point: "/mnt/a/home" },
        { path: "/dev/sdb1", point: "/mnt/a" },
      ],
      swaps: ["/dev/sdb3", "/mnt/a/swapfile"],
      confirm: null,
    });
  });

  test("of a disk of which nothing is mounted is empty", async () => {
    expect(await plan(memoryMachine({ ...workbench, ...boot }))).toMatchObject({ mounts: [], swaps: [] });
  });

  test("of the system's disk is refused", async () => {
    await expect(plan(memoryMachine({ ...laptop, ...boot }), "/dev/nvme0n1")).rejects.toMatchObject({
      code: "DEVICE_IS_SYSTEM",
    });
  });
});

test("a disk that has become the system's since the plan is left alone", async () => {
  const lines: string[] = [];
  const text = memoryMachine(layered([mountLine("8:17", "/mnt/a", "ext4", "/dev/sdb1")]));
  const planned = await plan(text);
  const nowTheSystems = memoryMachine({ ...layered([]), ...systemOn("8:17") });
  const machine: Machine = {
    ...nowTheSystems,
    execute: async (program) => {
      lines.push(program);
      return null;
    },
  };
  await expect(carryOutUnmount(workContext(machine, nowhere, planned).context)).rejects.toMatchObject({
    code: "DEVICE_IS_SYSTEM",
  });
  expect(lines).toEqual([]);
});

/** A machine whose umount and swapoff change what is mounted, as far as `busy` lets them. */
function machineWith(
  mounts: readonly string[],
  busy: readonly string[] = [],
): { machine: Machine; lines: string[] } {
  let mounted = [...mounts];
  let swaps = ["/dev/sdb3", "/mnt/a/swapfile"];
  const lines: string[] = [];
  const still = (): Machine => {
    const tree = layered(mounted);
    const swapText = ["Filename Type Size Used Priority", ...swaps.map((path) => `${path} file 1 0 -2`)].join(
      "\n",
    );
    return memoryMachine({ ...tree, "/proc/swaps": swapText });
  };
  const machine: Machine = {
    ...still(),
    readText: (path) => still().readText(path),
    list: (path) => still().list(path),
    resolve: (path) => still().resolve(path),
    readLink: (path) => still().readLink(path),
    stat: (path) => still().stat(path),
    async execute(program, args) {
      const target = args.at(-1) ?? "";
      lines.push(`${program} ${target}`);
      const isInUse = mounted.some((line) => line.split(" ")[4]?.startsWith(`${target}/`));
      if (busy.includes(target) || isInUse) {
        return { exitCode: 32, stdout: "", stderr: `${program}: ${target}: target is busy.` };
      }
      if (program === "swapoff") swaps = swaps.filter((path) => path !== target);
      const at = mounted.findLastIndex((line) => line.split(" ")[4] === target);
      if (program === "umount") mounted = mounted.toSpliced(at, 1);
      return { exitCode: 0, stdout: "", stderr: "" };
    },
  };
  return { machine, lines };
}

const threeMounts = [
  mountLine("8:17", "/mnt/a", "ext4", "/dev/sdb1"),
  mountLine("252:1", "/mnt/a/home", "ext4", "/dev/mapper/vg-home"),
  mountLine("8:17", "/srv/bind", "ext4", "/dev/sdb1"),
];

test("swap goes first, then the mounts from the last to the first, and what still holds the disk is said", async () => {
  const { machine, lines } = machineWith(threeMounts);
  const report = await unmount(machine);
  expect(lines).toEqual([
    "swapoff /dev/sdb3",
    "swapoff /mnt/a/swapfile",
    "umount /srv/bind",
    "umount /mnt/a/home",
    "umount /mnt/a",
  ]);
  expect(report).toMatchObject({
    outcome: "done",
    findings: {
      kind: "unmount",
      unmounted: ["/srv/bind", "/mnt/a/home", "/mnt/a"],
      swapsOff: ["/dev/sdb3", "/mnt/a/swapfile"],
    },
  });
  expect(report.message).toMatch(
    /^Nothing of it is mounted any more; it is still in use: \/dev\/sdb2 held by /,
  );
});

test("one mount that is busy keeps no other from being unmounted, and fails the job", async () => {
  const { machine } = machineWith(threeMounts, ["/mnt/a/home"]);
  expect(await unmount(machine)).toMatchObject({
    outcome: "failed",
    message: "Cannot unmount /mnt/a/home: target is busy",
    findings: { unmounted: ["/srv/bind"] },
  });
});

test("a foreign file system that is mounted in one of the disk's is left alone, and named", async () => {
  const { machine } = machineWith([...threeMounts, mountLine("0:40", "/mnt/a/tmp", "tmpfs", "tmpfs")]);
  expect(await unmount(machine)).toMatchObject({
    outcome: "failed",
    message: "Cannot unmount /mnt/a: it is kept busy by /mnt/a/tmp, which is mounted in it",
    findings: { unmounted: ["/srv/bind", "/mnt/a/home"] },
  });
});

test("a foreign file system that covers a mount is not unmounted in its stead", async () => {
  const { machine, lines } = machineWith([
    mountLine("8:17", "/mnt/a", "ext4", "/dev/sdb1"),
    mountLine("0:40", "/mnt/a", "tmpfs", "tmpfs"),
  ]);
  const report = await unmount(machine);
  expect(report).toMatchObject({
    outcome: "failed",
    message: "Cannot unmount /mnt/a: tmpfs is mounted over it at /mnt/a",
  });
  expect(lines.filter((line) => line.startsWith("umount"))).toEqual([]);
});

test("swap that does not go fails the job before anything is unmounted", async () => {
  const { machine, lines } = machineWith(threeMounts, ["/dev/sdb3"]);
  expect(await unmount(machine)).toMatchObject({
    outcome: "failed",
    message: "Cannot switch swap off on /dev/sdb3: target is busy",
  });
  expect(lines).toEqual(["swapoff /dev/sdb3"]);
});

test("what another mount namespace still has mounted is not free, and that is said", async () => {
  const { machine } = machineWith(threeMounts);
  const container: Tree = {
    "/proc/self/ns/mnt": { link: "mnt:[1]" },
    "/proc/77/ns/mnt": { link: "mnt:[2]" },
    "/proc/77/comm": "postgres",
    "/proc/77/mountinfo": mountLine("8:17", "/data", "ext4", "/dev/sdb1"),
  };
  const elsewhere = memoryMachine(container);
  const both: Machine = {
    ...machine,
    readLink: async (path) => (path in container ? elsewhere.readLink(path) : machine.readLink(path)),
    readText: async (path) => (path in container ? elsewhere.readText(path) : machine.readText(path)),
    list: async (path) => (path === "/proc" ? ["77"] : machine.list(path)),
  };
  expect(await unmount(both)).toMatchObject({
    outcome: "failed",
    message:
      "Cannot unmount /dev/sdb: it is still mounted in another mount namespace, that of process 77 (postgres)",
    findings: { unmounted: ["/srv/bind", "/mnt/a/home", "/mnt/a"] },
  });
});

test("a job that is stopped unmounts nothing more", async () => {
  const { machine, lines } = machineWith(threeMounts);
  const { context, stop } = workContext(machine, nowhere, await plan(machine));
  stop();
  expect((await carryOutUnmount(context)).outcome).toBe("stopped");
  expect(lines).toEqual([]);
});

const noLoops = whyNoLoops();
describe.skipIf(noLoops !== null)(`on loop devices${noLoops === null ? "" : ` (${noLoops})`}`, () => {
  const workshop = new LoopWorkshop();
  afterAll(() => workshop.removeAll());
  const real = linuxMachine();
  let folders = 0;

  function folder(): string {
    const path = `${workshop.folder}/point ${++folders}`;
    mkdirSync(path);
    return path;
  }

  function fileSystem(): string {
    const device = workshop.attach(workshop.makeSparseFile(16 * 1024 * 1024));
    run("mke2fs", "-q", device);
    return device;
  }

  /** Undone at the end only if the job has not done it. */
  function mount(source: string, point: string, ...options: string[]): void {
    run("mount", ...options, source, point);
    workshop.later(() => {
      if (
        run("findmnt", "--noheadings", "--output", "TARGET", "--raw").includes(point.replace(" ", "\\x20"))
      ) {
        run("umount", point);
      }
    });
  }

  test("stacked mounts, bind mounts and a loop device on a file in it are unmounted from the last to the first", async () => {
    const device = fileSystem();
    const [a, b, c] = [folder(), folder(), folder()];
    mount(device, a);
    mkdirSync(`${a}/inner`);
    mount(`${a}/inner`, b, "--bind");
    mount(a, b, "--bind");
    writeFileSync(`${a}/file.img`, "");
    run("truncate", "--size=4M", `${a}/file.img`);
    run("mke2fs", "-q", `${a}/file.img`);
    mount(`${a}/file.img`, c, "--options", "loop");
    expect((await plan(real, device)).mounts.map(({ point }) => point)).toEqual([c, b, b, a]);
    expect(await unmount(real, device)).toMatchObject({
      outcome: "done",
      message: "Nothing of it is mounted any more",
      findings: { unmounted: [c, b, b, a] },
    });
    await (await real.open(device)).close();
  });

  test("swap is switched off", async () => {
    const device = workshop.attach(workshop.makeSparseFile(4 * 1024 * 1024));
    run("mkswap", device);
    run("swapon", device);
    expect(await unmount(real, device)).toMatchObject({ outcome: "done", findings: { swapsOff: [device] } });
  });

  test("a process that stands in a mount is named, and nothing is torn away under it", async () => {
    const device = fileSystem();
    const point = folder();
    mount(device, point);
    const stander = spawn("sleep", ["60"], { cwd: point });
    try {
      const report = await unmount(real, device);
      expect(report).toMatchObject({
        outcome: "failed",
        message: `Cannot unmount ${point}: it is kept busy by process ${stander.pid} (sleep)`,
        findings: { unmounted: [] },
      });
      expect(run("findmnt", "--noheadings", "--output", "SOURCE", point)).toBe(device);
    } finally {
      stander.kill();
      await once(stander, "exit");
    }
    expect((await unmount(real, device)).outcome).toBe("done");
  });

  test("a disk of which nothing is mounted is done at once", async () => {
    const device = fileSystem();
    expect(await unmount(real, device)).toMatchObject({
      outcome: "done",
      message: "Nothing of it was mounted",
      findings: { unmounted: [], swapsOff: [] },
    });
  });
});

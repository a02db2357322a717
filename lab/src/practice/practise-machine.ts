import { parseArgs } from "node:util";
import { SataDrive } from "../ata/sata-drive.ts";
import { FaultDisk } from "../fault-disk/fault-disk.ts";
import type { Bus, GuestDisk } from "../machine/guest-disk.ts";
import { VirtualMachine } from "../machine/virtual-machine.ts";
import { zoo, zooSizeBytes } from "../machine/zoo.ts";
import { NvmeDrive } from "../nvme/nvme-drive.ts";
import { SasDrive } from "../scsi/sas-drive.ts";
import { prepareMachine } from "../setup/prepare-machine.ts";
import { parseFaults } from "./fault-options.ts";
import { say, typedLines } from "./prompt.ts";

export const machineHelp = `\
machine: a machine with disks on every bus, and a prompt for commands in it

  --no-drives     without the drives that erase themselves (boots sooner)

What you type runs in the guest, as root, with this machine's programs: lsblk, nvme list, hdparm -I /dev/sda, …
Every disk is full of the word SECRET. What begins with a dot is done to the machine:
  .plug BUS SERIAL     put in a new disk: nvme, scsi, usb, uas, virtio
  .pull SERIAL         pull it out
  .faults SERIAL …     --bad-sectors 1000,2000 --error EIO --lies 0-99 --delay-ms 20 --hang --dead, or nothing
  .left SERIAL         how many bytes of it are not zero
  .fate FATE           what becomes of the drives' next erases: succeeds, fails, lies
  .console             what the guest's kernel has printed
  .cut                 pull the plug of the whole machine
  quit                 turn it off`;

interface Practice {
  readonly machine: VirtualMachine;
  readonly disks: Map<string, FaultDisk>;
  readonly drives: readonly (NvmeDrive | SataDrive | SasDrive)[];
}

export async function practiseMachine(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { drives: { type: "boolean", default: true } },
    allowNegative: true,
  });
  prepareMachine(say);
  const disks = zoo();
  await using stack = new AsyncDisposableStack();
  const drives = values.drives ? makeDrives().map((drive) => stack.use(drive)) : [];
  for (const { media } of [...faultDisksOf(disks).values(), ...drives]) media.fill("SECRET\n");
  say("Starting the machine…");
  const machine = stack.use(await VirtualMachine.start({ disks, drives }));
  say(await machine.sh("lsblk -o NAME,SIZE,LOG-SEC,RO,RM,TRAN,MODEL"));
  say("Type a command, .help for what can be done to the machine, quit to turn it off");
  const practice = { machine, disks: faultDisksOf(disks), drives };
  for await (const line of typedLines("lab# ")) {
    if (line === ".cut") return;
    await obey(practice, line).catch((error: Error) => say(error.message));
  }
}

function makeDrives() {
  return [
    new NvmeDrive({ sizeBytes: zooSizeBytes, serial: "NVME-FIRMWARE" }),
    new SataDrive({ sizeBytes: zooSizeBytes, serial: "SATA-FIRMWARE" }),
    new SasDrive({ sizeBytes: zooSizeBytes, serial: "SAS-FIRMWARE" }),
  ];
}

function faultDisksOf(disks: readonly GuestDisk[]): Map<string, FaultDisk> {
  return new Map(
    disks.flatMap(({ serial, source }) => (source instanceof FaultDisk ? [[serial, source]] : [])),
  );
}

async function obey(practice: Practice, line: string): Promise<void> {
  if (!line.startsWith(".")) return runInGuest(practice.machine, line);
  const [command, ...words] = line.split(/\s+/) as [string, ...string[]];
  const order = orders[command];
  if (!order) throw new Error(`No such thing: ${command}. Type .help`);
  await order(practice, ...words);
}

const orders: Readonly<Record<string, (practice: Practice, ...words: string[]) => Promise<void> | void>> = {
  ".help": () => say(machineHelp),
  ".plug": plug,
  ".pull": ({ machine }, serial = "") => machine.pull(serial),
  ".faults": ({ disks }, serial, ...words) => theOne(disks, serial).setFaults(parseFaults(words)),
  ".left": ({ disks, drives }, serial) => {
    const media = drives.find((drive) => drive.serial === serial)?.media ?? theOne(disks, serial).media;
    say(`${media.countOthers(0)} bytes are not zero`);
  },
  ".fate": ({ drives }, fate) => {
    if (fate !== "succeeds" && fate !== "fails" && fate !== "lies")
      throw new Error("succeeds, fails or lies");
    for (const drive of drives) drive.erasure.fate = fate;
  },
  ".console": ({ machine }) => say(machine.console),
};

async function plug({ machine, disks }: Practice, bus = "", serial = ""): Promise<void> {
  const buses: readonly string[] = ["nvme", "scsi", "usb", "uas", "virtio"] satisfies Bus[];
  if (!buses.includes(bus) || !serial)
    throw new Error(`.plug BUS SERIAL, where BUS is one of ${buses.join(", ")}`);
  const source = new FaultDisk({ sizeBytes: zooSizeBytes });
  source.media.fill("SECRET\n");
  await machine.plug({ bus: bus as Bus, serial, source });
  disks.set(serial, source);
  say(`/dev/${await machine.blockDevice(serial)}`);
}

function theOne(disks: ReadonlyMap<string, FaultDisk>, serial = ""): FaultDisk {
  const disk = disks.get(serial);
  if (!disk) throw new Error(`No such disk: ${serial}. There are ${[...disks.keys()].join(", ")}`);
  return disk;
}

async function runInGuest(machine: VirtualMachine, script: string): Promise<void> {
  const { exitCode, stdout, stderr } = await machine.begin(script);
  process.stdout.write(stdout + stderr);
  if (exitCode !== 0) say(`[exit code ${exitCode}]`);
}

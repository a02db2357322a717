import { join } from "node:path";
import { serveNbd, type NbdServer } from "../nbd/nbd-server.ts";
import { blockNode, devicesOf, qemuJson, type Bus, type GuestDisk, type QemuDevice } from "./guest-disk.ts";
import type { QemuMonitor } from "./qemu-monitor.ts";
import { expressSlots, sataPorts } from "./qemu-command.ts";

interface Inserted {
  readonly disk: GuestDisk;
  readonly id: string;
  readonly slot: string;
  readonly devices: readonly QemuDevice[];
  readonly server: NbdServer | null;
}

/** Where a machine's disks are put, those it starts with and those that come and go while it runs. */
export class DiskBay implements AsyncDisposable {
  readonly #folder: string;
  readonly #inserted = new Map<string, Inserted>();
  readonly #freeExpress = Array.from({ length: expressSlots }, (_, i) => `slot${i}`);
  readonly #freeSata = Array.from({ length: sataPorts }, (_, i) => `ide.${i}`);
  #lastId = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The arguments for a disk that is there when the power comes. */
  async coldPlug(disk: GuestDisk): Promise<string[]> {
    const { id, devices } = await this.#insert(disk);
    const node = blockNode(disk, id, this.#socketPath(id));
    return ["-blockdev", qemuJson(node), ...devices.flatMap((device) => ["-device", qemuJson(device)])];
  }

  async plug(disk: GuestDisk, monitor: QemuMonitor): Promise<void> {
    if (disk.bus === "sata")
      throw new Error(`Cannot plug ${disk.serial}: QEMU's SATA ports are for the start only`);
    const { id, devices } = await this.#insert(disk);
    await monitor.execute("blockdev-add", blockNode(disk, id, this.#socketPath(id)));
    const bridge = devices.length > 1 ? devices[0] : undefined;
    if (!bridge) return void (await monitor.execute("device_add", devices[0]));
    // Not attached until it is complete: the guest looks for disks behind a bridge once, when the bridge appears.
    await monitor.execute("device_add", { ...bridge, attached: false });
    for (const device of devices.slice(1)) await monitor.execute("device_add", device);
    await monitor.execute("qom-set", {
      path: `/machine/peripheral/${bridge.id}`,
      property: "attached",
      value: true,
    });
  }

  /** Resolves when the guest has let go of it, whatever it was doing with the disk. */
  async pull(serial: string, monitor: QemuMonitor): Promise<void> {
    const inserted = this.#inserted.get(serial);
    if (!inserted) throw new Error(`Cannot pull ${serial}: no such disk in this machine`);
    if (inserted.disk.bus === "sata") throw new Error(`Cannot pull ${serial}: QEMU's SATA ports are fixed`);
    const outermost = inserted.devices[0]!.id;
    const gone = monitor.eventAbout("DEVICE_DELETED", outermost);
    await monitor.execute("device_del", { id: outermost });
    await gone;
    await monitor.execute("blockdev-del", { "node-name": inserted.id });
    await inserted.server?.[Symbol.asyncDispose]();
    this.#inserted.delete(serial);
    this.#freeSlot(inserted.disk.bus, inserted.slot);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { server } of this.#inserted.values()) await server?.[Symbol.asyncDispose]();
    this.#inserted.clear();
  }

  async #insert(disk: GuestDisk): Promise<Inserted> {
    if (this.#inserted.has(disk.serial)) throw new Error(`Two disks with the serial number ${disk.serial}`);
    const id = `disk${this.#lastId++}`;
    const slot = this.#takeSlot(disk.bus);
    const server = "file" in disk.source ? null : await serveNbd(disk.source, this.#socketPath(id));
    const inserted = { disk, id, slot, devices: devicesOf[disk.bus](disk, id, slot), server };
    this.#inserted.set(disk.serial, inserted);
    return inserted;
  }

  #socketPath(id: string): string {
    return join(this.#folder, `${id}.nbd`);
  }

  #takeSlot(bus: Bus): string {
    if (bus === "scsi") return "scsi.0";
    if (bus === "usb" || bus === "uas") return "xhci.0";
    const slot = (bus === "sata" ? this.#freeSata : this.#freeExpress).shift();
    if (!slot) throw new Error(`No room for another ${bus} disk`);
    return slot;
  }

  #freeSlot(bus: Bus, slot: string): void {
    if (bus === "nvme" || bus === "virtio") this.#freeExpress.push(slot);
  }
}

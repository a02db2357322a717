import type { QemuMonitor } from "./qemu-monitor.ts";

/** Runs a script in the guest beside all others; its output, and a failure when the script fails. */
type RunInGuest = (script: string) => Promise<string>;

/**
 * Makes a TCP port of the guest reachable on this machine's loopback, be it one of the guest's loopback only; gives the
 * port here. Waits until somebody listens there: QEMU would accept a connection, find nobody and reset it.
 */
export async function forwardPort(
  guestPort: number,
  relayPort: number,
  { run, monitor }: { run: RunInGuest; monitor: QemuMonitor },
): Promise<number> {
  await run(untilListening(guestPort));
  // Through a relay in the guest, since from outside its loopback cannot be reached.
  const relay = `/lab/busybox nc -ll -p ${relayPort} -e /lab/busybox nc 127.0.0.1 ${guestPort}`;
  await run(`(${relay} > /dev/null 2>&1 &)\n${untilListening(relayPort)}`);
  await monitor.typed(`hostfwd_add net tcp:127.0.0.1:0-:${relayPort}`);
  return hostPortOf(relayPort, await monitor.typed("info usernet"));
}

/**
 * By the kernel's table, where 0A means that somebody listens. Without a program for each look: to start one takes the
 * guest so long that whoever is awaited would wait for it.
 */
function untilListening(port: number): string {
  const inHex = port.toString(16).toUpperCase().padStart(4, "0");
  const look = `while read -r _ here there state _; do case "$here $state" in *":${inHex} 0A") exit 0 ;; esac; done`;
  return `(while :; do for table in /proc/net/tcp /proc/net/tcp6; do ${look} < $table; done; /lab/busybox usleep 200000; done)`;
}

/** Asked for port 0, QEMU takes any free one, and tells which only in this table for people. */
function hostPortOf(relayPort: number, table: string): number {
  const line = new RegExp(`127\\.0\\.0\\.1\\s+(\\d+)\\s+10\\.0\\.2\\.15\\s+${relayPort}\\b`);
  const hostPort = line.exec(table)?.[1];
  if (!hostPort) throw new Error(`QEMU does not say where it forwards from:\n${table}`);
  return Number(hostPort);
}

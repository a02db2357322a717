/** Quantities as people of the trade read them: decimal units, three digits, plain words. */

const units = ["bytes", "kB", "MB", "GB", "TB", "PB"] as const;

/** "268 MB": decimal, as it is printed on disks. */
export function bytesText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (Number(value.toPrecision(3)) >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? value : threeDigits(value)} ${units[unit]}`;
}

/** "268,435,456" */
export function countText(count: number): string {
  return count.toLocaleString("en");
}

/** "268,435,456 bytes" */
export function exactBytesText(bytes: number): string {
  return `${countText(bytes)} bytes`;
}

/** "895 MB/s" */
export function rateText(bytesPerSecond: number): string {
  return `${bytesText(Math.round(bytesPerSecond))}/s`;
}

/** The two largest units that say something: "45 ms", "0.4 s", "12 s", "3 min 20 s", "2 h 5 min", "1 d 4 h". */
export function durationText(durationMs: number): string {
  if (durationMs < 100) return `${Math.round(durationMs)} ms`;
  if (durationMs < 9_950) return `${(durationMs / 1000).toFixed(1)} s`;
  const seconds = Math.round(durationMs / 1000);
  const parts = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor(seconds / 3_600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "min"],
    [seconds % 60, "s"],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  const said = parts.slice(first, first + 2).filter(([count]) => count > 0);
  return said.map(([count, unit]) => `${count} ${unit}`).join(" ");
}

/** "12 s left"; null when that is not known, and when nothing is left. */
export function timeLeftText(etaMs: number | null): string | null {
  return etaMs === null || etaMs === 0 ? null : `${durationText(etaMs)} left`;
}

/** Rounded down, so that 100 is said only when all is done. */
export function percentOf(bytesDone: number, bytesTotal: number): number {
  return bytesTotal === 0 ? 0 : Math.floor((bytesDone / bytesTotal) * 100);
}

/**
 * Swedish writes dates as ISO 8601 does: "2026-11-22 14:03:21". Made when it is first needed: the processes of jobs say
 * no times, and it would cost each of them 3 MB.
 */
let isoLike: Intl.DateTimeFormat | null = null;

/** A moment (ISO 8601 or milliseconds since 1970) in the reader's own time zone: "2026-11-22 14:03:21". */
export function timeText(time: string | number): string {
  isoLike ??= new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "medium" });
  // oxlint-disable-next-line no-restricted-globals -- reads a time that is given, not the clock
  return isoLike.format(new Date(time));
}

function threeDigits(value: number): string {
  return value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0);
}

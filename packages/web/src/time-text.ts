// Swedish writes dates as ISO 8601 does: "2026-11-22 14:03:21", in the browser's own time zone.
const isoLike = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "medium" });

export function timeText(time: string | number): string {
  return isoLike.format(new Date(time));
}

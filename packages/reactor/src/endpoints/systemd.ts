import type { ListenPlace } from "../net.ts";
import type { Fields } from "./fields.ts";

/** The first of the sockets that systemd passes on: `SD_LISTEN_FDS_START` of sd_listen_fds(3). */
const FIRST_FD = 3;

/** A socket that systemd has opened for this program, by its number among them. */
export function systemdPlace(fields: Fields<string>): ListenPlace {
  const index = fields.number("index") ?? 0;
  const given = Number(process.env["LISTEN_PID"]) === process.pid ? Number(process.env["LISTEN_FDS"]) : 0;
  if (index < given) return { kind: "fd", fd: FIRST_FD + index };
  throw fields.error("index", `systemd has passed ${given} sockets to this program`);
}

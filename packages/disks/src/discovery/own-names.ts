/** What disks call themselves, as people write it down: "serial:WD-WCC7K0AAAAAA", "wwn:50014ee2b1234567". */
import type { Identity } from "@trofie/contract";

/** Such a name in its two parts; null of a path. */
export function ownNameIn(written: string): RegExpExecArray | null {
  return /^(serial|wwn):(.*)$/is.exec(written);
}

/** Letters may be written large or small; a WWN with or without the word that says who gave it. */
export function hasOwnName({ serial, wwn }: Identity, [, what, name = ""]: RegExpExecArray): boolean {
  const isWwn = what?.toLowerCase() === "wwn";
  const own = isWwn ? plainWwn(wwn ?? "") : (serial ?? "").toLowerCase();
  const asked = isWwn ? plainWwn(name.trim()) : name.trim().toLowerCase();
  return asked !== "" && own === asked;
}

/** "50014ee2b1234567" of "naa.50014ee2b1234567", of "wwn-0x50014ee2b1234567" and of "0x50014EE2B1234567". */
function plainWwn(wwn: string): string {
  return wwn.toLowerCase().replace(/^(wwn-)?(0x|naa\.|eui\.)?/, "");
}

import { existsSync } from "node:fs";

/** The real peers that the tests talk to, each from a package of Debian. */
export const peers = {
  python: "/usr/bin/python3",
  twisted: "/usr/lib/python3/dist-packages/twisted/__init__.py",
  curl: "/usr/bin/curl",
  aiosmtpd: "/usr/lib/python3/dist-packages/aiosmtpd/__init__.py",
  sshd: "/usr/sbin/sshd",
  sshKeygen: "/usr/bin/ssh-keygen",
};

export function isMissing(...names: (keyof typeof peers)[]): boolean {
  return names.some((name) => !existsSync(peers[name]));
}

/** Where a station keeps its state and listens unless told otherwise: the system's folders for root, else the user's. */
export interface User {
  readonly isRoot: boolean;
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** XDG Base Directory Specification 0.8 for users; the Filesystem Hierarchy Standard 3.0 for root. */
export function defaultPaths({ isRoot, home, env }: User): {
  readonly state: string;
  readonly socket: string;
} {
  if (isRoot) return { state: "/var/lib/trofie", socket: "/run/trofie/station.sock" };
  const state = `${env.XDG_STATE_HOME || `${home}/.local/state`}/trofie`;
  return { state, socket: `${env.XDG_RUNTIME_DIR || state}/trofie/station.sock` };
}

/** The file in a state folder that holds the token for the TCP port. */
export const tokenFile = "token";

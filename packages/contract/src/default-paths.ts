/** Where a station keeps its state and listens unless told otherwise. */
export interface User {
  readonly isRoot: boolean;
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface Paths {
  readonly state: string;
  readonly socket: string;
}

/**
 * `TROFIE_STATE` and `TROFIE_SOCKET`; else the system's folders for root (Filesystem Hierarchy Standard 3.0), the
 * user's for others (XDG Base Directory Specification 0.8). An empty variable counts as none.
 */
export function defaultPaths(user: User): Paths {
  const { state, socket } = user.isRoot ? systemPaths : userPaths(user);
  return { state: user.env.TROFIE_STATE || state, socket: user.env.TROFIE_SOCKET || socket };
}

const systemPaths: Paths = { state: "/var/lib/trofie", socket: "/run/trofie/station.sock" };

function userPaths({ home, env }: User): Paths {
  const state = `${env.XDG_STATE_HOME || `${home}/.local/state`}/trofie`;
  return { state, socket: `${env.XDG_RUNTIME_DIR || state}/trofie/station.sock` };
}

/** The file in a state folder that holds the token for the TCP port. */
export const tokenFile = "token";

/** Where a station keeps its state and listens. */
export interface StationPaths {
  readonly state: string;
  readonly socket: string;
}

/**
 * `TROFIE_STATE` and `TROFIE_SOCKET`; else the system's folders for root (Filesystem Hierarchy Standard 3.0), the
 * user's for others (XDG Base Directory Specification 0.8). An empty variable counts as none.
 */
export function defaultPaths(env: Environment, isRoot: boolean): StationPaths {
  const { state, socket } = isRoot ? systemPaths : userPaths(env);
  return { state: env.TROFIE_STATE || state, socket: env.TROFIE_SOCKET || socket };
}

type Environment = Readonly<Record<string, string | undefined>>;

const systemPaths: StationPaths = { state: "/var/lib/trofie", socket: "/run/trofie/station.sock" };

function userPaths(env: Environment): StationPaths {
  const state = `${env.XDG_STATE_HOME || `${env.HOME ?? ""}/.local/state`}/trofie`;
  return {
    state,
    socket: env.XDG_RUNTIME_DIR ? `${env.XDG_RUNTIME_DIR}/trofie/station.sock` : `${state}/station.sock`,
  };
}

/** The file in a state folder that holds the token for the TCP port. */
export const tokenFile = "token";

/** The file beside it that says where that port is ("127.0.0.1:7117"), while the station listens: to nobody else is the token shown. */
export const tcpAddressFile = "tcp-address";

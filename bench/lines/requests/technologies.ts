import type { Technology } from "./technology.ts";

/** Loads one and no other: each pays for itself only. */
export async function loadTechnology(name: string | undefined): Promise<Technology> {
  switch (name) {
    case "ours":
      return (await import("./lines.ts")).lines;
    case "bare":
      return (await import("./bare.ts")).bare;
    case "ws":
      return (await import("./ws.ts")).ws;
    case "socket.io":
      return (await import("./socket-io.ts")).socketIo;
    case "http":
      return (await import("./http.ts")).http;
    case "grpc":
      return (await import("./grpc.ts")).grpc;
    default:
      throw new Error(`Cannot load ${name}: there is no such technology`);
  }
}

import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { everyCut, StringTransport, utf8 } from "@trofie/reactor/testing";
import { describe, expect, it } from "vitest";
import { isMissing, peers } from "../testing/peers.ts";
import { RunningProgram, startServer } from "../testing/running-program.ts";
import { Echo } from "./echo.ts";

describe("the echo", () => {
  it("sends back what comes, however it is cut", () => {
    for (const pieces of everyCut(utf8("caffè\r\n\0 and more"))) {
      const transport = new StringTransport();
      const echo = new Echo();
      void echo.makeConnection(transport);
      for (const piece of pieces) echo.dataReceived(piece);
      expect(transport.text()).toBe("caffè\r\n\0 and more");
    }
  });

  it("reads nothing more from a peer that does not read, until it does", () => {
    const transport = new StringTransport();
    const echo = new Echo();
    void echo.makeConnection(transport);
    transport.hasRoom = false;
    echo.dataReceived(utf8("one"));
    expect(transport.isReadingPaused).toBe(true);
    transport.drain();
    echo.writeDrained();
    expect(transport.isReadingPaused).toBe(false);
  });
});

describe("the echo server", () => {
  it("answers a client of Node's net", async () => {
    await using server = await startServer("echo/server.ts");
    const socket = connect({ port: Number(server.port), allowHalfOpen: true });
    socket.end("hello");
    expect((await socket.toArray()).join("")).toBe("hello");
  });

  it.skipIf(isMissing("python"))(
    "gives ten million bytes back to a stranger in Python (skipped where there is no python3)",
    async () => {
      await using server = await startServer("echo/server.ts");
      const script = join(import.meta.dirname, "stranger.py");
      await using stranger = new RunningProgram(peers.python, [script, server.port]);
      expect(await stranger.ended).toBe(0);
      expect(stranger.out).toBe("10240000 bytes came back, the same\n");
    },
  );

  it.each(["SIGINT", "SIGTERM"] as const)(
    "ends in good order on %s, with a client connected",
    async (signal) => {
      await using server = await startServer("echo/server.ts");
      const socket = connect(Number(server.port));
      socket.write("hello");
      await once(socket, "data");
      server.child.kill(signal);
      await once(socket, "end");
      expect(await server.ended).toBe(0);
    },
  );

  it("says in one sentence that its port is in use, and exits with 1", async () => {
    await using server = await startServer("echo/server.ts");
    await using second = RunningProgram.example("echo/server.ts", server.port);
    expect(await second.ended).toBe(1);
    expect(second.errors).toBe(`Cannot listen on 127.0.0.1:${server.port}: another program is using it\n`);
  });

  it.each([[["12x4"]], [["1", "2"]], [["--port", "1"]]])(
    "tells its usage when called with %s",
    async (args) => {
      await using server = RunningProgram.example("echo/server.ts", ...args);
      expect(await server.ended).toBe(2);
      expect(server.errors).toContain("Usage: npm run echo:server -- [port]");
    },
  );
});

import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import { RunningProgram, startServer } from "../testing/running-program.ts";

function startClient(port: string, name: string, room = "kitchen"): RunningProgram {
  return RunningProgram.example("chat/client.ts", "127.0.0.1", port, "--name", name, "--room", room);
}

describe("the chat client", () => {
  it("talks with another one through the server", async () => {
    await using server = await startServer("chat/server.ts");
    await using anna = startClient(server.port, "anna");
    await anna.says(/anna joined/);
    await using bert = startClient(server.port, "bert");
    await anna.says(/bert joined/);
    anna.types("say kitchen hello bert");
    await bert.says(/\[kitchen\] anna: hello bert/);
    anna.types("quit");
    expect(await anna.ended).toBe(0);
    await bert.says(/anna left/);
    bert.child.stdin?.end();
    expect(await bert.ended).toBe(0);
    expect(bert.out).toContain("Goodbye!");
  });

  it("says all that came through a pipe before it leaves", async () => {
    await using server = await startServer("chat/server.ts");
    await using anna = startClient(server.port, "anna");
    anna.child.stdin?.end("say kitchen one\nsay kitchen two\n");
    expect(await anna.ended).toBe(0);
    expect(anna.out).toMatch(/anna: one\n\[kitchen\] anna: two\n\[kitchen\] anna left\nGoodbye!\n$/);
  });

  it("comes back to a server that comes back, and says then what was typed meanwhile", async () => {
    await using server = await startServer("chat/server.ts");
    await using anna = startClient(server.port, "anna");
    await anna.says(/anna joined/);
    server.child.kill("SIGKILL");
    await anna.says(/trying again in/);
    anna.types("say kitchen still here");
    await using again = RunningProgram.example("chat/server.ts", server.port);
    await anna.says(/\[kitchen\] anna: still here/);
    expect(anna.out.match(/anna joined/g)).toHaveLength(2);
    again.child.kill("SIGINT");
    expect(await again.ended).toBe(0);
  });

  it("says that its name is taken, and gets it when it is free", async () => {
    await using server = await startServer("chat/server.ts");
    const other = connect(Number(server.port)).on("error", () => {});
    other.write("nick anna\njoin kitchen\n");
    await using bert = startClient(server.port, "bert");
    bert.types("who kitchen");
    await bert.says(/In kitchen: anna, bert|anna joined/);
    await using anna = startClient(server.port, "anna");
    await anna.says(/Cannot take the name anna: somebody has it; trying again in/);
    other.destroy();
    await anna.says(/\[kitchen\] anna joined/);
  });

  it("leaves on Ctrl-C", async () => {
    await using server = await startServer("chat/server.ts");
    await using bert = startClient(server.port, "bert");
    await bert.says(/bert joined/);
    await using anna = startClient(server.port, "anna");
    await anna.says(/anna joined/);
    anna.child.kill("SIGINT");
    expect(await anna.ended).toBe(0);
    await bert.says(/anna left/);
  });

  it("leaves on Ctrl-C while there is no server", async () => {
    await using anna = startClient("1", "anna");
    await anna.says(/Cannot connect to 127\.0\.0\.1:1: .*; trying again in/);
    anna.child.kill("SIGINT");
    expect(await anna.ended).toBe(0);
    expect(anna.errors).toBe("");
  });

  it("tells its usage when it has no name", async () => {
    await using anna = RunningProgram.example("chat/client.ts", "127.0.0.1");
    expect(await anna.ended).toBe(2);
    expect(anna.errors).toContain("Usage: npm run chat:client -- [host] [port] --name NAME --room ROOM");
  });
});

import { once } from "node:events";
import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import { isMissing, peers } from "../testing/peers.ts";
import { type ListeningProgram, RunningProgram, startServer } from "../testing/running-program.ts";

async function startWeb(): Promise<ListeningProgram & { readonly chatPort: string }> {
  const server = await startServer("web/server.ts", "0");
  const { 1: chatPort } = await server.says(/Listening on 127\.0\.0\.1:(\d+) for the chat/);
  return Object.assign(server, { chatPort: chatPort! });
}

function curl({ port }: ListeningProgram, ...args: string[]): RunningProgram {
  const withUrls = args.map((arg) => (arg.startsWith("/") ? `http://127.0.0.1:${port}${arg}` : arg));
  return new RunningProgram(peers.curl, ["--silent", "--show-error", "--noproxy", "*", ...withUrls]);
}

/** What curl printed, when it has ended well. */
async function fetched(...args: Parameters<typeof curl>): Promise<string> {
  await using program = curl(...args);
  expect(await program.ended).toBe(0);
  return program.out;
}

/** Somebody joins the kitchen, and is there when this resolves. */
async function joinKitchen({ chatPort }: { readonly chatPort: string }, name: string) {
  const socket = connect(Number(chatPort)).setEncoding("utf8");
  socket.write(`nick ${name}\njoin kitchen\n`);
  for await (const text of socket.iterator({ destroyOnReturn: false })) {
    if ((text as string).includes(`${name} joined`)) break;
  }
  return socket;
}

describe.skipIf(isMissing("curl"))("the web server, fetched by curl (skipped where there is no curl)", () => {
  it("shows the rooms of the chat as a page, and as JSON", async () => {
    await using server = await startWeb();
    expect(await fetched(server, "/")).toContain("<p>Nobody yet.</p>");
    const anna = await joinKitchen(server, "anna");
    expect(await fetched(server, "/")).toContain("<li><b>kitchen</b>: anna</li>");
    expect(JSON.parse(await fetched(server, "/rooms.json"))).toEqual({ kitchen: ["anna"] });
    anna.destroy();
  });

  it("answers two requests in one connection", async () => {
    await using server = await startWeb();
    const count = ["--write-out", "\n%{http_code} after %{num_connects} new connections\n"];
    const out = await fetched(server, "/rooms.json", "/rooms.json", ...count);
    expect(out).toBe("{}\n200 after 1 new connections\n{}\n200 after 0 new connections\n");
  });

  it("answers HEAD with the headers of the page alone", async () => {
    await using server = await startWeb();
    const page = await fetched(server, "/");
    const head = await fetched(server, "--head", "/");
    expect(head).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(head).toContain(`content-length: ${Buffer.byteLength(page)}\r\n`);
    expect(head).toMatch(/\r\n\r\n$/);
  });

  it.each([
    [["/nowhere"], "There is no such page\n404"],
    [["/", "--data", "x=1"], "Only GET is understood\n405"],
  ])("refuses %j", async (args, answer) => {
    await using server = await startWeb();
    expect(await fetched(server, ...args, "--write-out", "%{http_code}")).toBe(answer);
  });

  it("answers twenty requests at once", async () => {
    await using server = await startWeb();
    const anna = await joinKitchen(server, "anna");
    const parallel = ["--parallel", "--parallel-immediate", "--parallel-max", "20"];
    const out = await fetched(server, "/rooms.json?[1-20]", ...parallel);
    expect(out).toBe('{"kitchen":["anna"]}'.repeat(20));
    anna.destroy();
  });

  it("answers a request for changes when somebody joins", async () => {
    await using server = await startWeb();
    await using waiting = curl(server, "/changes", "--verbose");
    await waiting.says(/GET \/changes/);
    await fetched(server, "/rooms.json"); // By now the server has read the other request, too.
    const anna = await joinKitchen(server, "anna");
    expect(await waiting.ended).toBe(0);
    expect(JSON.parse(waiting.out)).toEqual({ kitchen: ["anna"] });
    anna.destroy();
  });

  it("answers what it has begun when it is stopped, and ends", async () => {
    await using server = await startWeb();
    await using waiting = curl(server, "/changes", "--include", "--verbose");
    await waiting.says(/GET \/changes/);
    await fetched(server, "/rooms.json");
    server.child.kill("SIGINT");
    expect(await waiting.ended).toBe(0);
    expect(waiting.out).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*connection: close\r\n[^]*\r\n\r\n\{\}$/);
    expect(await server.ended).toBe(0);
  });
});

describe("the web server", () => {
  it("is stopped with a connection that nobody uses", async () => {
    await using server = await startWeb();
    const socket = connect(Number(server.port));
    socket.write("GET /rooms.json HTTP/1.1\r\nhost: x\r\n\r\n");
    await once(socket, "data");
    server.child.kill("SIGINT");
    await once(socket, "end");
    expect(await server.ended).toBe(0);
  });

  it("ends a connection that does not speak HTTP, and goes on", async () => {
    await using server = await startWeb();
    const socket = connect(Number(server.port)).on("error", () => {});
    let answer = "";
    socket.on("data", (bytes: Buffer) => (answer += bytes.toString())).write("hello?\r\n\r\n");
    await new Promise((resolve) => socket.on("close", resolve));
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(await (await fetch(`http://127.0.0.1:${server.port}/rooms.json`)).json()).toEqual({});
  });
});

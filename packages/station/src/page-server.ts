/**
 * Serves the page and its WebSocket, on loopback only.
 *
 * Every request: `Host` must be one of ours (a rebound name is not), and the browser must have the session's cookie.
 * Every WebSocket: `Origin` must be one of ours too, so that no other page can use the cookie.
 */
import { existsSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import fastifyCookie from "@fastify/cookie";
import fastifyHelmet from "@fastify/helmet";
import fastifyStatic from "@fastify/static";
import fastifyWebSocket from "@fastify/websocket";
import { maxBytesAfterOpen, type CommandServer } from "@trofie/commands";
import { webSocketProtocol } from "@trofie/commands/websocket";
import type { StationContract } from "@trofie/contract";
import type { Clock } from "@trofie/reactor";
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { cookieDoor, type PageAccess } from "./access.ts";
import { StartError } from "./start-error.ts";
import { openWebChannel } from "./web-channel.ts";

const loopback = "127.0.0.1";
const checkSessionEveryMs = 60_000;

export interface PageServerOptions {
  /** 0: any free port. */
  readonly port: number;
  readonly access: PageAccess;
  readonly commands: CommandServer<StationContract>;
  readonly clock: Clock;
}

export interface PageServer {
  close(): Promise<void>;
}

/** Throws a `StartError` when the port is taken. */
export async function servePage({ port, access, commands, clock }: PageServerOptions): Promise<PageServer> {
  const server = Fastify({ forceCloseConnections: true, requestTimeout: 15_000, bodyLimit: 1_024 });
  server.server.headersTimeout = 5_000;
  server.server.maxHeadersCount = 64;
  const door = new PageDoor(access);
  server.addHook("onRequest", (request, reply) => door.checkHost(request, reply));
  await server.register(fastifyHelmet, securityHeaders);
  await server.register(fastifyCookie);
  await server.register(fastifyWebSocket, {
    options: {
      maxPayload: maxBytesAfterOpen,
      handleProtocols: (offered: Set<string>) => pickProtocol(offered),
    },
  });
  server.get<{ Params: { ticket: string } }>("/enter/:ticket", (request, reply) =>
    door.enter(request, reply),
  );
  await server.register((inside) => serveInside(inside, door, commands, clock));
  door.port = await listen(server, port);
  access.servedAt(`http://${loopback}:${door.port}`);
  return { close: () => server.close() };
}

/** What only a browser with the cookie gets. */
async function serveInside(
  inside: FastifyInstance,
  door: PageDoor,
  commands: CommandServer<StationContract>,
  clock: Clock,
): Promise<void> {
  inside.addHook("onRequest", (request, reply) => door.checkCookie(request, reply));
  inside.get(
    "/session",
    { websocket: true, onRequest: (request, reply) => door.checkOrigin(request, reply) },
    (socket, request) => {
      const session = commands.accept(cookieDoor);
      const channel = openWebChannel(socket, session);
      const check = (): void => {
        if (!door.admits(request)) return session.goodbye("kicked");
        const again = clock.callLater(checkSessionEveryMs, check);
        void channel.closed.then(() => again.cancel());
      };
      check();
    },
  );
  const root = pageFolder();
  if (root) await inside.register(fastifyStatic, { root });
  else
    inside.get("/", (_, reply) =>
      reply.type("text/plain").send("The page is not built: run npm run build:page\n"),
    );
}

class PageDoor {
  port = 0;
  readonly #access: PageAccess;

  constructor(access: PageAccess) {
    this.#access = access;
  }

  async checkHost(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    if (this.#hosts().includes(request.headers.host ?? "")) return;
    await refuse(reply, 421, "This station does not answer to that name. Use the link that it printed.");
  }

  async checkCookie(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    if (this.admits(request)) return;
    await refuse(reply, 401, "This browser has no access. Get a new link with `trofie page`.");
  }

  async checkOrigin({ headers }: FastifyRequest, reply: FastifyReply): Promise<void> {
    const origins = this.#hosts().map((host) => `http://${host}`);
    const site = headers["sec-fetch-site"];
    if (origins.includes(headers.origin ?? "") && (site === undefined || site === "same-origin")) return;
    await refuse(reply, 403, "This page is not the station's own.");
  }

  admits(request: FastifyRequest): boolean {
    return this.#access.admits(request.cookies[this.#cookieName()]);
  }

  async enter(request: FastifyRequest<{ Params: { ticket: string } }>, reply: FastifyReply): Promise<void> {
    const secret = this.#access.enter(request.params.ticket);
    if (secret === null && this.admits(request)) return reply.redirect("/", 303);
    if (secret === null)
      return refuse(
        reply,
        401,
        "This link was used already or is too old. Get a new one with `trofie page`.",
      );
    reply.setCookie(this.#cookieName(), secret, { path: "/", httpOnly: true, sameSite: "strict" });
    return reply.redirect("/", 303);
  }

  #hosts(): string[] {
    return [`${loopback}:${this.port}`, `localhost:${this.port}`];
  }

  /** Cookies do not know ports: with the port in its name, two stations on one machine keep apart. */
  #cookieName(): string {
    return `trofie-${this.port}`;
  }
}

/** No resource but our own, and nobody may frame us (https://www.w3.org/TR/CSP3/). */
const securityHeaders = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      connectSrc: ["'self'"],
      imgSrc: ["'self'", "data:"],
      frameAncestors: ["'none'"],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      requireTrustedTypesFor: ["'script'"],
    },
  },
  crossOriginOpenerPolicy: { policy: "same-origin" as const },
  crossOriginResourcePolicy: { policy: "same-origin" as const },
  referrerPolicy: { policy: "no-referrer" as const },
  // Loopback has no TLS to insist on.
  strictTransportSecurity: false,
};

async function refuse(reply: FastifyReply, status: number, sentence: string): Promise<void> {
  await reply.code(status).type("text/plain; charset=utf-8").send(`${sentence}\n`);
}

function pickProtocol(offered: Set<string>): string | false {
  return offered.has(webSocketProtocol) ? webSocketProtocol : false;
}

async function listen(server: FastifyInstance, port: number): Promise<number> {
  try {
    await server.listen({ host: loopback, port });
  } catch (error) {
    const why =
      (error as NodeJS.ErrnoException).code === "EADDRINUSE"
        ? "the port is in use"
        : (error as Error).message;
    throw new StartError(`Cannot serve the page on ${loopback}:${port}: ${why}`, { cause: error });
  }
  return (server.server.address() as AddressInfo).port;
}

function pageFolder(): string | null {
  const folder = join(dirname(fileURLToPath(import.meta.resolve("@trofie/web/package.json"))), "dist");
  return existsSync(join(folder, "index.html")) ? folder : null;
}

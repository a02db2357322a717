import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Rooms } from "../chat/rooms.ts";
import { jsonOf, pageOf } from "./page.ts";

/** Node's web server, which shows who is in which room. It does not listen: it is given its connections. */
export class Site {
  readonly #rooms: Rooms;
  readonly #server = createServer((request, response) => this.#received(request, response));
  readonly #answering = new Set<ServerResponse>();
  /** Those of them that are answered when somebody enters or leaves a room. */
  readonly #waiting = new Set<ServerResponse>();
  #isStopping = false;

  constructor(rooms: Rooms) {
    this.#rooms = rooms;
    rooms.on("changed", () => this.#answerWaiting());
  }

  /** Speaks HTTP on the stream. */
  serve(stream: Duplex): void {
    this.#server.emit("connection", stream);
  }

  /** Lets nobody wait any more, and resolves when all that was asked on the stream is answered. */
  async finish(stream: Duplex): Promise<void> {
    this.#isStopping = true;
    this.#answerWaiting();
    const open = [...this.#answering].filter(({ req }) => req.socket === stream);
    await Promise.all(open.map((response) => once(response, "close")));
  }

  #received({ method = "", url = "" }: IncomingMessage, response: ServerResponse): void {
    this.#answering.add(response);
    response.once("close", () => this.#answering.delete(response));
    if (!["GET", "HEAD"].includes(method)) return this.#refuse(response, 405, "Only GET is understood");
    const path = url.split("?", 1)[0];
    if (path === "/") return this.#answer(response, "text/html", pageOf(this.#rooms.all));
    if (path === "/rooms.json") return this.#answerRooms(response);
    if (path === "/changes") return this.#wait(response);
    this.#refuse(response, 404, "There is no such page");
  }

  #wait(response: ServerResponse): void {
    if (this.#isStopping) return this.#answerRooms(response);
    this.#waiting.add(response);
    response.once("close", () => this.#waiting.delete(response));
  }

  #answerWaiting(): void {
    for (const response of this.#waiting) this.#answerRooms(response);
    this.#waiting.clear();
  }

  #answerRooms(response: ServerResponse): void {
    this.#answer(response, "application/json", jsonOf(this.#rooms.all));
  }

  #refuse(response: ServerResponse, status: number, why: string): void {
    response.statusCode = status;
    this.#answer(response, "text/plain", `${why}\n`);
  }

  /** To HEAD, Node sends the headers alone. */
  #answer(response: ServerResponse, type: string, text: string): void {
    if (this.#isStopping) response.setHeader("connection", "close");
    response.setHeader("content-type", `${type}; charset=utf-8`);
    response.setHeader("content-length", Buffer.byteLength(text));
    response.setHeader("cache-control", "no-store");
    response.end(text);
  }
}

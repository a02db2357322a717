/** As much of the bench's own packages as it uses: they are not installed where the types are checked. */
declare module "ws" {
  import type { EventEmitter } from "node:events";

  export interface WebSocket extends EventEmitter {
    send(text: string): void;
    on(event: "message", listener: (message: Buffer) => void): this;
  }

  export const WebSocket: new (url: string) => WebSocket;

  export interface WebSocketServer extends EventEmitter {
    address(): unknown;
    on(event: "connection", listener: (socket: WebSocket) => void): this;
  }

  export const WebSocketServer: new (options: { host: string; port: number }) => WebSocketServer;
}

declare module "socket.io" {
  import type { Server as HttpServer } from "node:http";

  interface ServerSocket {
    on(event: string, listener: (command: string, answer: (text: string) => void) => void): void;
  }

  export class Server {
    constructor(http: HttpServer);
    on(event: "connection", listener: (socket: ServerSocket) => void): this;
  }
}

declare module "socket.io-client" {
  export function io(
    url: string,
    options: { transports: string[]; forceNew: boolean },
  ): {
    on(event: "connect", listener: () => void): void;
    emit(event: string, command: string, answered: (answer: string) => void): void;
  };
}

declare module "@grpc/grpc-js" {
  interface Text {
    text: string;
  }

  type Answer = (error: Error | null, answer?: Text) => void;

  export interface AskClient {
    waitForReady(deadlineMs: number, ready: (error?: Error) => void): void;
    ask(question: Text, answer: Answer): void;
  }

  interface AskService {
    new (address: string, credentials: object, options: object): AskClient;
    readonly service: object;
  }

  export const credentials: { createInsecure(): object };
  export const ServerCredentials: { createInsecure(): object };
  export function loadPackageDefinition(definition: object): { Asking: AskService };

  export class Server {
    addService(service: object, handlers: { ask(call: { request: Text }, answer: Answer): void }): void;
    bindAsync(address: string, credentials: object, bound: (error: Error | null, port: number) => void): void;
  }
}

declare module "@grpc/proto-loader" {
  export function loadSync(path: string): object;
}

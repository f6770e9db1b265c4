import { rm } from "node:fs/promises";
import { Agent, createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";

/** How long a request waits for a host that is being started again. */
export const WAIT_MS = 10_000;

/** One host as the router sees it: where it listens, and how many requests it is answering. */
class Target {
  readonly socket: string;
  readonly agent: Agent;
  inFlight = 0;
  #idle: (() => void)[] = [];

  constructor(socket: string) {
    this.socket = socket;
    this.agent = new Agent({ keepAlive: true, maxSockets: 64 });
  }

  enter(): void {
    this.inFlight += 1;
  }

  leave(): void {
    this.inFlight -= 1;
    if (this.inFlight > 0) return;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  async idle(): Promise<void> {
    if (this.inFlight === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#idle.push(resolve);
    await promise;
  }
}

/**
 * The address that applications on the device talk to: it stays while hosts come and go. A request belongs, from its first byte to its
 * last, to the host that was serving when it arrived; that host is not stopped before `drained` resolves. So a switch fails none.
 */
export class Router {
  readonly #servers: Server[] = [];
  readonly #targets = new Map<string, Target>();
  #current: Target | null = null;
  #expected = false;
  #arrivals: (() => void)[] = [];

  /**
   * @param socketPath a Unix socket, or null where the system has none
   * @param port loopback TCP; 0 takes a free one
   * @returns the TCP port
   */
  async start(socketPath: string | null, port: number): Promise<number> {
    if (socketPath !== null) {
      await rm(socketPath, { force: true });
      await this.#listen((server, done) => server.listen(socketPath, done));
    }
    const server = await this.#listen((created, done) => created.listen(port, "127.0.0.1", done));
    const address = server.address();
    return typeof address === "object" && address !== null ? address.port : port;
  }

  /** A host is about to serve: requests wait for it rather than fail. */
  expectHost(): void {
    this.#expected = true;
  }

  async stop(): Promise<void> {
    for (const server of this.#servers) {
      const { promise, resolve } = Promise.withResolvers<void>();
      server.close(() => resolve());
      server.closeIdleConnections();
      setTimeout(() => server.closeAllConnections(), 2000).unref();
      await promise;
    }
    for (const target of this.#targets.values()) target.agent.destroy();
  }

  /** From now on new requests go to the host on `socket`; null while there is none. */
  serve(socket: string | null): void {
    this.#current = socket === null ? null : (this.#targets.get(socket) ?? new Target(socket));
    if (this.#current === null) return;
    this.#targets.set(this.#current.socket, this.#current);
    this.#expected = true;
    for (const arrive of this.#arrivals.splice(0)) arrive();
  }

  /** Resolves when the last request that the host on `socket` took has been answered; at the latest after `timeoutMs`. */
  async drained(socket: string, timeoutMs: number): Promise<void> {
    const target = this.#targets.get(socket);
    if (target === undefined) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, timeoutMs);
    await Promise.race([target.idle(), promise]);
    clearTimeout(timer);
    if (this.#current !== target) {
      this.#targets.delete(socket);
      target.agent.destroy();
    }
  }

  async #listen(begin: (server: Server, done: () => void) => void): Promise<Server> {
    const server = createServer((incoming, response) => void this.#route(incoming, response));
    server.requestTimeout = 0;
    this.#servers.push(server);
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      begin(server, resolve);
    });
    return server;
  }

  async #route(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    if (incoming.url === "/v2/health/live") return send(response, 200, { live: true });
    const target = this.#current ?? (await this.#wait());
    if (target === null) return send(response, 503, { error: "no model runs on this device now" });
    this.#forward(target, incoming, response);
  }

  /** A host that crashed is back within moments: waiting is better for the caller than an error. */
  async #wait(): Promise<Target | null> {
    if (!this.#expected) return null;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#arrivals.push(resolve);
    const timer = setTimeout(resolve, WAIT_MS);
    await promise;
    clearTimeout(timer);
    return this.#current;
  }

  #forward(target: Target, incoming: IncomingMessage, response: ServerResponse): void {
    target.enter();
    response.once("close", () => target.leave());
    const outgoing = request(
      { socketPath: target.socket, agent: target.agent, method: incoming.method, path: incoming.url, headers: incoming.headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
        answer.once("error", () => response.destroy());
      },
    );
    outgoing.once("error", () => {
      if (response.headersSent) response.destroy();
      else send(response, 503, { error: "the model's process ended while it answered this request" });
    });
    incoming.once("aborted", () => outgoing.destroy());
    incoming.pipe(outgoing);
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
    ...(status === 503 ? { "retry-after": "1" } : {}),
  });
  response.end(text);
}

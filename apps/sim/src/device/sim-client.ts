import { type ErrorCode, FlotillaError } from "@flotilla/contracts";
import type { DeviceClient, DeviceResponse, HttpAnswer, JsonOptions, RequestOptions } from "@flotilla/agent/effects/https-client";
import type { DeviceRequest, ServerAnswer } from "../server/answer-http.ts";
import type { World } from "../world.ts";
import type { Life } from "./life.ts";

const TIMEOUT_MS = 30_000;
const CHUNK_BYTES = 1000;

export interface ClientHooks {
  /** An answer that says that these reports were taken has arrived on the device. */
  acknowledged: (body: unknown) => void;
}

/** The device's HTTPS over the simulated network: requests and answers get lost, late, repeated, or come out of a proxy's cache. */
export class SimClient implements DeviceClient {
  readonly server = "https://server";
  readonly #world: World;
  readonly #life: Life;
  readonly #deviceId: string;
  readonly #hooks: ClientHooks;
  readonly #cache: Map<string, ServerAnswer>;

  constructor(world: World, life: Life, deviceId: string, cache: Map<string, ServerAnswer>, hooks: ClientHooks) {
    this.#world = world;
    this.#life = life;
    this.#deviceId = deviceId;
    this.#cache = cache;
    this.#hooks = hooks;
  }

  async json(method: "GET" | "POST", path: string, { body, headers = {}, signal }: JsonOptions = {}): Promise<HttpAnswer> {
    const { status, headers: answered, body: said } = await this.#exchange({ method, path, headers, body: body ?? null }, signal);
    if (status >= 400) {
      const { code, message } = said as { code: ErrorCode; message: string };
      throw new FlotillaError(code, message, { details: { status } });
    }
    if (path === "/device/v1/reports") this.#hooks.acknowledged(body);
    return { status, headers: answered, body: said };
  }

  async open(method: string, path: string, { headers = {}, signal }: RequestOptions = {}): Promise<DeviceResponse> {
    const answer = await this.#exchange({ method, path, headers, body: null }, signal);
    return {
      statusCode: answer.status,
      headers: answer.headers,
      resume: () => undefined,
      destroy: () => undefined,
      [Symbol.asyncIterator]: () => this.#stream(answer.bytes ?? Buffer.alloc(0), signal),
    };
  }

  /** The body piece by piece; it may end in the middle. */
  async *#stream(bytes: Buffer, signal: AbortSignal | undefined): AsyncGenerator<Buffer> {
    const { network, random } = this.#world;
    for (let from = 0; from < bytes.length; from += CHUNK_BYTES) {
      await this.#life.sleep(random.between(1, 400), "bytes");
      if (signal?.aborted === true) throw new Error("aborted");
      if (network.isCut(this.#deviceId) || random.chance(network.breakChance)) throw new Error("the connection was lost in the middle");
      yield bytes.subarray(from, from + CHUNK_BYTES);
    }
  }

  async #exchange(request: DeviceRequest, signal: AbortSignal | undefined): Promise<ServerAnswer> {
    const { promise, resolve, reject } = Promise.withResolvers<ServerAnswer>();
    const timeout = this.#life.after(TIMEOUT_MS, () => reject(new Error("no byte from the server for 30 s")), "timeout");
    const onAbort = (): void => reject(new Error("aborted"));
    signal?.addEventListener("abort", onAbort);
    this.#send(request, resolve, reject);
    try {
      return await promise;
    } finally {
      timeout.cancel();
      signal?.removeEventListener("abort", onAbort);
    }
  }

  #send(request: DeviceRequest, resolve: (answer: ServerAnswer) => void, reject: (error: Error) => void): void {
    const { network, gateway, random, history } = this.#world;
    const label = `${this.#life.name} ${request.method} ${request.path.slice(0, 30)}`;
    const stale = this.#cache.get(request.path);
    if (stale !== undefined && random.chance(network.staleChance)) {
      history.count("stale answers");
      return void this.#life.after(random.between(1, 50), () => resolve(stale), `stale ${request.path}`);
    }
    const outMs = network.delay(this.#deviceId);
    if (outMs === null) return;
    this.#world.after(outMs, label, () => {
      if (!gateway.isUp) {
        this.#life.after(1, () => reject(new Error("connection refused")), "refused");
        return;
      }
      const answer = gateway.answer(this.#deviceId, request);
      if (request.path === "/device/v1/assignment" && answer.status === 200) this.#keep(request.path, answer);
      this.#world.afterTransaction();
      const backMs = network.delay(this.#deviceId);
      if (backMs !== null && gateway.isUp)
        this.#life.after(backMs, () => resolve(answer), `answer ${answer.status} ${request.path.slice(0, 30)}`);
    });
    if (request.method === "POST" && random.chance(network.repeatChance)) this.#repeat(request, label);
  }

  /** Of several proxies one may hold an answer that is older than what the device has seen since. */
  #keep(path: string, answer: ServerAnswer): void {
    if (!this.#cache.has(path) || this.#world.random.chance(0.5)) this.#cache.set(path, answer);
  }

  /** A proxy that tries again: the server sees the request twice. */
  #repeat(request: DeviceRequest, label: string): void {
    const { network, gateway, random, history } = this.#world;
    history.count("repeated requests");
    this.#world.after(random.between(10, 20_000), `repeated ${label}`, () => {
      if (gateway.isUp && !network.isCut(this.#deviceId)) gateway.answer(this.#deviceId, request);
    });
  }
}

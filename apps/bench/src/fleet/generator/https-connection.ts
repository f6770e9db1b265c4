import { connect, type SecureContext, type TLSSocket } from "node:tls";

export interface HttpAnswer {
  readonly status: number;
  readonly etag: string | null;
  readonly body: Buffer;
}

const HEAD_END = Buffer.from("\r\n\r\n");

/**
 * One device's kept HTTPS connection, with its own certificate: one request at a time, the answer read as RFC 9112 says for a known length. It is made on the
 * first request and again after it was closed. Thin, so that the generator is not what is measured.
 */
export class HttpsConnection {
  readonly #port: number;
  readonly #context: SecureContext;
  #socket: TLSSocket | null = null;
  #pending: Pending | null = null;
  /** Handshakes so far. */
  handshakes = 0;

  constructor(port: number, context: SecureContext) {
    this.#port = port;
    this.#context = context;
  }

  /** GET; `onBody` takes the body in parts instead of the answer. Rejects where the connection ends before the answer does. */
  async get(path: string, etag: string | null = null, onBody?: (part: Buffer) => void): Promise<HttpAnswer> {
    const socket = (this.#socket ??= await this.#open());
    const condition = etag === null ? "" : `If-None-Match: ${etag}\r\n`;
    const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>();
    this.#pending = { head: null, chunks: [], length: 0, left: 0, resolve, reject, onBody };
    socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n${condition}\r\n`);
    return await promise;
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = null;
  }

  async #open(): Promise<TLSSocket> {
    this.handshakes += 1;
    const { promise, resolve, reject } = Promise.withResolvers<TLSSocket>();
    const socket = connect({ host: "127.0.0.1", port: this.#port, servername: "localhost", secureContext: this.#context });
    socket.setNoDelay(true);
    socket.once("secureConnect", () => resolve(socket));
    socket.on("data", (part: Buffer) => this.#take(part));
    socket.once("error", reject);
    socket.once("close", () => {
      reject(new Error("the connection was closed"));
      if (this.#socket === socket) this.#socket = null;
      this.#pending?.reject(new Error("the connection was closed before the answer"));
      this.#pending = null;
    });
    return await promise;
  }

  #take(part: Buffer): void {
    const pending = this.#pending;
    if (pending === null) return;
    if (pending.head !== null) return this.#takeBody(pending, part);
    pending.chunks.push(part);
    const all = pending.chunks.length === 1 ? part : Buffer.concat(pending.chunks);
    const end = all.indexOf(HEAD_END);
    if (end < 0) {
      pending.chunks = [all];
      return;
    }
    pending.head = readHead(all.toString("latin1", 0, end));
    pending.left = pending.head.length;
    pending.chunks = [];
    this.#takeBody(pending, all.subarray(end + HEAD_END.length));
  }

  #takeBody(pending: Pending, part: Buffer): void {
    if (part.length > 0) {
      pending.left -= part.length;
      if (pending.onBody === undefined) pending.chunks.push(part);
      else pending.onBody(part);
    }
    if (pending.left > 0 || pending.head === null) return;
    this.#pending = null;
    const { status, etag } = pending.head;
    pending.resolve({ status, etag, body: Buffer.concat(pending.chunks) });
  }
}

interface Head {
  readonly status: number;
  readonly etag: string | null;
  readonly length: number;
}

interface Pending {
  head: Head | null;
  chunks: Buffer[];
  length: number;
  left: number;
  readonly resolve: (answer: HttpAnswer) => void;
  readonly reject: (error: Error) => void;
  readonly onBody: ((part: Buffer) => void) | undefined;
}

function readHead(text: string): Head {
  const status = Number(text.slice(9, 12));
  const [, length = "0"] = /\r\ncontent-length: *(\d+)/i.exec(text) ?? [];
  const [, etag = null] = /\r\netag: *([^\r]+)/i.exec(text) ?? [];
  if (/\r\ntransfer-encoding:/i.test(text)) throw new Error("the gateway answered in chunks, which this client does not read");
  return { status, etag, length: status === 304 || status === 204 ? 0 : Number(length) };
}

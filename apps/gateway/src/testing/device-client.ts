import type { IncomingHttpHeaders } from "node:http";
import { request } from "node:https";

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  bytes: Buffer;
  /** Parsed where it is JSON, else null. */
  body: Record<string, unknown> | null;
}

export interface Credentials {
  ca: string;
  cert?: string;
  key?: string;
}

/** One HTTPS call as a device makes it, on a connection of its own. For tests. */
export async function call(
  port: number,
  credentials: Credentials,
  method: string,
  path: string,
  options: { body?: unknown; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const outgoing = request(
    { host: "localhost", port, path, method, ...credentials, agent: false, headers: options.headers ?? {} },
    (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const bytes = Buffer.concat(chunks);
        // The answer to HEAD has the headers of a body and none.
        const json = bytes.length > 0 && (response.headers["content-type"] ?? "").startsWith("application/json");
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          bytes,
          body: json ? (JSON.parse(bytes.toString()) as Record<string, unknown>) : null,
        });
      });
    },
  );
  outgoing.on("error", reject);
  outgoing.end(options.body === undefined ? undefined : JSON.stringify(options.body));
  return await promise;
}

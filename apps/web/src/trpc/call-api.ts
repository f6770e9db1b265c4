import { type PlainAnswer, readAnswer } from "./read-answer.ts";

export const API_PATH = "/api/trpc";

/** Longer addresses are cut off by proxies: what does not fit goes with another request. */
const MAX_URL_LENGTH = 4000;

/** What the server says of a call that failed. */
export interface ApiErrorData {
  code: string;
  httpStatus: number;
}

/** A call that failed: `data` is null where the server did not say why in its own words, or was not reached. */
export class ApiError extends Error {
  readonly data: ApiErrorData | null;
  constructor(message: string, data: ApiErrorData | null, options?: ErrorOptions) {
    super(message, options);
    this.name = "ApiError";
    this.data = data;
  }
}

interface Call {
  path: string;
  input: unknown;
  resolve: (data: unknown) => void;
  reject: (error: unknown) => void;
}

type Send = (url: string, init?: RequestInit) => Promise<Response>;

export interface ApiCaller {
  query: (path: string, input: unknown) => Promise<unknown>;
  mutate: (path: string, input: unknown) => Promise<unknown>;
}

/**
 * Speaks tRPC's HTTP protocol (batched queries by GET, changes by POST) with as little code as it takes: it is on every page.
 * Inputs are plain JSON; answers may hold dates.
 */
export function createApiCaller(send: Send = (url, init) => fetch(url, init)): ApiCaller {
  let waiting: Call[] = [];
  const flush = () => {
    const calls = waiting;
    waiting = [];
    for (const batch of batches(calls)) void settle(batch, () => send(batchUrl(batch)));
  };
  return {
    query: (path, input) =>
      new Promise((resolve, reject) => {
        // What the page asks for in one go travels together.
        if (waiting.length === 0) setTimeout(flush);
        waiting.push({ path, input, resolve, reject });
      }),
    mutate: (path, input) =>
      new Promise((resolve, reject) => {
        const headers = { "content-type": "application/json" };
        const body = JSON.stringify({ 0: { json: input } });
        void settle([{ path, input, resolve, reject }], () => send(`${API_PATH}/${path}?batch=1`, { method: "POST", headers, body }));
      }),
  };
}

function batchUrl(calls: readonly Call[]): string {
  const inputs: Record<number, { json: unknown }> = {};
  for (const [index, { input }] of calls.entries()) if (input !== undefined) inputs[index] = { json: input };
  return `${API_PATH}/${calls.map((call) => call.path).join(",")}?batch=1&input=${encodeURIComponent(JSON.stringify(inputs))}`;
}

function batches(calls: readonly Call[]): Call[][] {
  const made: Call[][] = [];
  for (const call of calls) {
    const last = made.at(-1);
    if (last !== undefined && batchUrl([...last, call]).length <= MAX_URL_LENGTH) last.push(call);
    else made.push([call]);
  }
  return made;
}

/** Sends the calls of one request and gives each its part of the answer. */
async function settle(calls: readonly Call[], send: () => Promise<Response>): Promise<void> {
  try {
    const response = await send();
    const answers: unknown = await response.json();
    if (!Array.isArray(answers)) throw refusal(response, answers);
    for (const [index, call] of calls.entries()) settleOne(call, answers[index]);
  } catch (error) {
    const failure =
      error instanceof ApiError ? error : new ApiError(error instanceof Error ? error.message : String(error), null, { cause: error });
    for (const call of calls) call.reject(failure);
  }
}

function settleOne({ resolve, reject }: Call, answer: unknown): void {
  const { result, error } = answer as { result?: { data: PlainAnswer }; error?: PlainAnswer };
  if (result !== undefined) {
    resolve(readAnswer(result.data));
    return;
  }
  const { message, data } = readAnswer(error ?? {}) as { message: string; data: ApiErrorData };
  reject(new ApiError(message, data));
}

/** An answer to the whole request, from before the API looked at it: `{code, message}`. */
function refusal(response: Response, answer: unknown): ApiError {
  const { code, message } = (answer ?? {}) as { code?: unknown; message?: unknown };
  const data = typeof code === "string" ? { code, httpStatus: response.status } : null;
  return new ApiError(typeof message === "string" ? message : response.statusText, data);
}

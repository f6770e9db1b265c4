import { Agent, request } from "node:http";
import { completeSetup, listDevices, listDevicesInput } from "@flotilla/services";
import type { Figure, Section } from "../figure.ts";
import type { FleetBench } from "../fleet-bench.ts";
import { quantile } from "../machine/statistics.ts";
import { HAWKBIT } from "../recorded-peers.ts";
import { type FilterTimes, measureFilters, ORDERS, printFilters } from "./device-table-filters.ts";
import { makeVaried, seedDevices, unconnectedDevices } from "../setup/seed-devices.ts";

const ROWS = 12_000;
const PAGE = 50;
const [ALL, NAMED] = ["", "name ~ bench-00*"];
const EMAIL = "owner@bench.example";
const PASSWORD = "a long enough password 1";

/** The device table as the dashboard asks for it: over HTTP with a session, one client; then each page of a large fleet in the database. */
export async function measureDeviceTable(bench: FleetBench): Promise<Section> {
  const { many, repetitions } = bench.sizes;
  await bench.seed(0);
  await seedDevices(bench.db, bench.actor.organisationId, unconnectedDevices(ROWS), { group: "table" });
  bench.say(`device table: ${ROWS} rows over HTTP`);
  const ask = await signIn(bench);
  const pages: number[] = [];
  const filtered: number[] = [];
  const share: { pages: number[]; filtered: number[] } = { pages: [], filtered: [] };
  for (let run = 0; run <= repetitions; run += 1) {
    const [page, filter] = [await walk(ask, { filter: ALL }), await walk(ask, { filter: NAMED })];
    // The first walk warms the server up.
    if (run === 0) continue;
    pages.push(quantile(page, 0.5));
    filtered.push(quantile(filter, 0.5));
    share.pages.push(...page);
    share.filtered.push(...filter);
  }
  bench.say(`device table: ${many} rows in the database`);
  await bench.seed(0);
  await seedDevices(bench.db, bench.actor.organisationId, unconnectedDevices(many), { group: "large table" });
  await bench.db.query("VACUUM ANALYZE device, device_status");
  await makeVaried(bench.db);
  const inDatabase = await walkDatabase(bench);
  bench.say(`device table: filters over ${many} rows in the database`);
  const filters = await measureFilters(bench);
  const notes = [
    `Pages of ${PAGE}, one after the other to the end, on one kept connection with a session cookie, the answer read in full. p99 over HTTP: page ${quantile(share.pages, 0.99).toFixed(1)} ms, filter ${quantile(share.filtered, 0.99).toFixed(1)} ms.
In the database: the service's statements for every 20th page of ${many.toLocaleString("en")} devices by each order, count included; p50 ${quantile(inDatabase, 0.5).toFixed(1)} ms.`,
  ];
  return {
    title: "The device table",
    figures: figuresOf(many, { pages, filtered, inDatabase, filters }),
    notes: [...notes, printFilters(filters)],
  };
}

type Ask = (input: object) => Promise<{ items: unknown[]; nextCursor: string | null }>;

/** Ms of each page from the first to the last. */
async function walk(ask: Ask, input: object): Promise<number[]> {
  const ms: number[] = [];
  let cursor: string | null = null;
  do {
    const startedAt = performance.now();
    const page: Awaited<ReturnType<Ask>> = await ask({ ...input, limit: PAGE, ...(cursor === null ? {} : { cursor }) });
    ms.push(performance.now() - startedAt);
    if (page.items.length === 0) throw new Error("a page of the device table was empty");
    cursor = page.nextCursor;
  } while (cursor !== null && ms.length < 400);
  return ms;
}

async function walkDatabase({ ctx, actor }: FleetBench): Promise<number[]> {
  const ms: number[] = [];
  for (const by of ORDERS) {
    let cursor: string | null = null;
    for (let page = 0; page < 400; page += 1) {
      const startedAt = performance.now();
      // Steps of many rows between the pages that count.
      const isMeasured = page % 2 === 1;
      const limit = isMeasured ? PAGE : 500;
      const input = listDevicesInput.parse({ filter: ALL, sort: { by, desc: false }, limit, cursor });
      const answer: Awaited<ReturnType<typeof listDevices>> = await listDevices(ctx, actor, input);
      if (isMeasured) ms.push(performance.now() - startedAt);
      cursor = answer.nextCursor;
      if (cursor === null) break;
    }
  }
  return ms;
}

/** Becomes the owner and signs in over HTTP; answers with what asks `devices.list` by that session. */
async function signIn({ stack, ctx }: FleetBench): Promise<Ask> {
  const token = new URL(stack.setupUrl).searchParams.get("token") ?? "";
  // Done in an earlier section of this stack: the account is there.
  await completeSetup(ctx, { token, name: "Owner", email: EMAIL, password: PASSWORD }).catch(() => undefined);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const port = stack.ports.web;
  const signed = await call({ agent, port, method: "POST", path: "/api/auth/sign-in/email", body: { email: EMAIL, password: PASSWORD } });
  if (signed.status !== 200) throw new Error(`sign-in answered ${signed.status}: ${signed.text.slice(0, 300)}`);
  const cookie = signed.cookies.map((each) => each.split(";", 1)[0]).join("; ");
  return async (input) => {
    const path = `/api/trpc/devices.list?input=${encodeURIComponent(JSON.stringify({ json: input }))}`;
    const { status, text } = await call({ agent, port, method: "GET", path, cookie });
    if (status !== 200) throw new Error(`devices.list answered ${status}: ${text.slice(0, 300)}`);
    const { result } = JSON.parse(text) as { result: { data: { json: Awaited<ReturnType<Ask>> } } };
    return result.data.json;
  };
}

async function call(options: { agent: Agent; port: number; method: string; path: string; cookie?: string; body?: object }) {
  const { agent, port, method, path, cookie, body } = options;
  return await new Promise<{ status: number; text: string; cookies: string[] }>((resolve, reject) => {
    const origin = `http://localhost:${port}`;
    const headers = { origin, "content-type": "application/json", ...(cookie === undefined ? {} : { cookie }) };
    const outgoing = request({ host: "localhost", port, method, path, agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          text: Buffer.concat(chunks).toString(),
          cookies: response.headers["set-cookie"] ?? [],
        }),
      );
    });
    outgoing.on("error", reject);
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

interface Measured {
  readonly pages: number[];
  readonly filtered: number[];
  readonly inDatabase: number[];
  readonly filters: readonly FilterTimes[];
}

function figuresOf(many: number, { pages, filtered, inDatabase, filters }: Measured): Figure[] {
  const rows = ROWS.toLocaleString("en");
  return [
    {
      ...{ what: `${rows} devices over HTTP: page, p50`, unit: "ms", values: pages, limit: { kind: "at most", value: 5 } },
      peer: { name: "hawkBit", value: HAWKBIT.pageMs },
    },
    {
      ...{ what: `${rows} devices over HTTP: filter by name, p50`, unit: "ms", values: filtered, limit: { kind: "at most", value: 8 } },
      peer: { name: "hawkBit", value: HAWKBIT.filterMs },
    },
    {
      what: `${many.toLocaleString("en")} devices: any page in the database, p99`,
      unit: "ms",
      values: [quantile(inDatabase, 0.99)],
      limit: { kind: "at most", value: 10 },
    },
    {
      what: `${many.toLocaleString("en")} devices: filtered pages in the database, p99`,
      unit: "ms",
      values: [
        quantile(
          filters.flatMap(({ ms }) => ms.flat()),
          0.99,
        ),
      ],
      limit: { kind: "at most", value: 10 },
    },
  ];
}

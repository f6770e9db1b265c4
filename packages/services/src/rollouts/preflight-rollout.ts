import { type Reason, releaseManifestSchema, rolloutOptionsSchema, stageSpecSchema } from "@flotilla/contracts";
import type { RefusedDevice, RolloutPreflight } from "@flotilla/contracts/views";
import type { Release, Tx } from "@flotilla/db";
import { chooseVariant, predictRollout } from "@flotilla/domain";
import { z } from "zod";
import type { Actor, ServiceContext } from "../context.ts";
import { offersOf } from "../releases/read-offers.ts";
import { notFound } from "../views/not-found.ts";
import { type KindRow, NAMES_SHOWN, PreflightQueries } from "./preflight-sql.ts";

const { pace, takesExclusiveDevices } = rolloutOptionsSchema.shape;
export const refusedInput = z.object({ releaseId: z.uuid(), groupId: z.uuid(), takesExclusiveDevices: takesExclusiveDevices.optional() });
export const preflightInput = refusedInput.extend({ stages: z.array(stageSpecSchema).max(20), pace: pace.optional() });

/**
 * What a rollout would do, before it starts: who takes it, who cannot and why, who is away, whom it takes from other rollouts, traffic and
 * time. Devices of one profile are asked about once. Throws NOT_FOUND.
 */
export async function preflightRollout(
  ctx: ServiceContext,
  actor: Actor,
  input: z.infer<typeof preflightInput>,
): Promise<RolloutPreflight> {
  return ctx.db.transaction(async (tx) => {
    const { queries, release, kinds, causes } = await judgeKinds(tx, actor, input, ctx.clock());
    const names = await queries.namesByCause(...kindsByCause(causes), NAMES_SHOWN);
    const sizes = kinds.flatMap(({ row, bytes }) => (bytes === null ? [] : [{ bytes, count: row.count - row.holding }]));
    const deviceCount = sum(kinds, ({ row }) => row.count);
    const bytesTotal = sum(sizes, ({ bytes, count }) => bytes * count);
    const bytesPerSecond = await queries.bytesPerSecond();
    const { stages, peakBytesPerSecond } = predictRollout({
      stages: input.stages,
      deviceCount,
      downloadCount: sum(sizes, ({ count }) => count),
      bytesTotal,
      bytesPerSecond,
      pace: input.pace ?? null,
    });
    const onlineCount = sum(kinds, ({ row }) => row.online);
    return {
      release: { state: release.state, invalidReason: release.invalidReason },
      deviceCount,
      onlineCount,
      alreadyCurrent: sum(kinds, ({ row }) => row.current),
      refusals: causes.map(({ reason, rows }, cause) => ({
        reason,
        count: sum(rows, ({ count }) => count),
        devices: names.filter((name) => name.cause === cause).map(({ deviceId, name }) => ({ deviceId, name })),
      })),
      offline: onlineCount < deviceCount ? await queries.offline() : [],
      takenFrom: await queries.takenFrom(),
      downloadBytesPerDevice: Math.max(0, ...kinds.map(({ bytes }) => bytes ?? 0)),
      downloadBytesTotal: bytesTotal,
      bytesPerSecond,
      peakBytesPerSecond,
      stages: [...stages],
    };
  });
}

/** Every device that cannot take the release, with its reason: for a file. Throws NOT_FOUND. */
export async function listRefused(ctx: ServiceContext, actor: Actor, input: z.infer<typeof refusedInput>): Promise<RefusedDevice[]> {
  return ctx.db.transaction(async (tx) => {
    const { queries, causes } = await judgeKinds(tx, actor, input, ctx.clock());
    const names = await queries.namesByCause(...kindsByCause(causes), Infinity);
    return names.flatMap(({ deviceId, name, cause }) => {
      const reason = causes[cause]?.reason;
      return reason === undefined ? [] : [{ deviceId, name, code: reason.code, message: reason.message }];
    });
  });
}

interface JudgedKind {
  row: KindRow;
  /** What each of them fetches; null: it cannot take it. */
  bytes: number | null;
}
interface Cause {
  reason: Reason;
  rows: KindRow[];
}
interface Judged {
  queries: PreflightQueries;
  release: Release;
  kinds: JudgedKind[];
  /** Most devices first. */
  causes: Cause[];
}

async function judgeKinds(tx: Tx, { organisationId }: Actor, input: z.infer<typeof refusedInput>, now: Date): Promise<Judged> {
  const release = await tx.release.findFirst({ where: { id: input.releaseId, organisationId } });
  if (release === null) throw notFound("release");
  const group = await tx.group.findFirst({ where: { id: input.groupId, organisationId } });
  if (group === null) throw notFound("group");
  const queries = new PreflightQueries(tx, { organisationId, group, now, takesExclusiveDevices: input.takesExclusiveDevices === true });
  const offers = await offersOf(tx, release);
  const golden = goldenBytes(release);
  const causes = new Map<string, Cause>();
  const kinds = (await queries.kinds(release.id)).map((row): JudgedKind => {
    const choice = chooseVariant(offers, row.profile);
    if ("variant" in choice) return { row, bytes: choice.variant.sizeBytes + golden };
    const { code, message } = choice.refusal;
    const known = causes.get(`${code} ${message}`) ?? { reason: choice.refusal, rows: [] };
    causes.set(`${code} ${message}`, { ...known, rows: [...known.rows, row] });
    return { row, bytes: null };
  });
  const size = ({ rows }: Cause) => sum(rows, ({ count }) => count);
  return { queries, release, kinds, causes: [...causes.values()].toSorted((a, b) => size(b) - size(a)) };
}

function goldenBytes(release: Release): number {
  const manifest = releaseManifestSchema.safeParse(release.manifest).data;
  return manifest === undefined ? 0 : sum([...manifest.golden.inputs, ...manifest.golden.outputs], (file) => file.sizeBytes);
}

/** Parallel lists for SQL: a kind, and the index of its cause. */
function kindsByCause(causes: readonly Cause[]): [kinds: string[], causes: number[]] {
  const pairs = causes.flatMap(({ rows }, cause) => rows.map(({ kind }) => ({ kind, cause })));
  return [pairs.map(({ kind }) => kind), pairs.map(({ cause }) => cause)];
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}

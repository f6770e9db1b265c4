import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect, type Page } from "@playwright/test";
import type { RouterOutputs } from "@flotilla/api";
import { mutate, query } from "./api.ts";
import type { Stack } from "./stack.ts";

type Rollout = RouterOutputs["rollouts"]["get"];

const GATES = { failureRateMax: 0.05, minimumSample: 3, goldenAgreementMin: 0.98, latencyP95MaxRatio: null, memoryMaxRatio: null };
const DEVICE_GATES = {
  goldenAgreementMin: 0.98,
  latencyP95MaxMs: null,
  latencyP95MaxRatio: null,
  memoryMaxBytes: null,
  memoryMaxRatio: null,
};

/** Process ids of the stack by name, as its supervisor wrote them. */
export async function processIds(stack: Stack): Promise<Record<string, number>> {
  return JSON.parse(await readFile(path.join(stack.dataDirectory, "logs", "processes.json"), "utf8")) as Record<string, number>;
}

/** The newest version of the sample model. */
export async function sampleVersion(page: Page, stack: Stack): Promise<RouterOutputs["models"]["version"]> {
  const { items } = await query(page, stack, "models", "list", { search: "mnist-cnn" });
  const model = await query(page, stack, "models", "get", { id: items[0]?.id ?? "" });
  const first = model.versions.find((version) => version.version === 1);
  return query(page, stack, "models", "version", { id: first?.id ?? "" });
}

/** Releases a variant and waits until it is signed. */
export async function releaseVariant(page: Page, stack: Stack, variantName: string): Promise<string> {
  const version = await sampleVersion(page, stack);
  const sets = await query(page, stack, "dataSets", "list", undefined);
  const { releaseId } = await mutate(page, stack, "releases", "create", {
    modelVersionId: version.id,
    variantIds: [version.variants.find((variant) => variant.name.startsWith(variantName))?.id ?? ""],
    goldenDataSetId: sets.find((set) => set.name.includes("test"))?.id ?? "",
    goldenCount: 16,
    gates: DEVICE_GATES,
    acceptFailedGates: false,
  });
  await expect.poll(async () => (await query(page, stack, "releases", "get", { id: releaseId })).state, { timeout: 30_000 }).toBe("READY");
  return releaseId;
}

/** Rolls a release out to a group in one stage. */
export async function rollOutTo(
  page: Page,
  stack: Stack,
  releaseId: string,
  group: string,
  stages = [{ name: "All", count: 1000 }],
): Promise<string> {
  const groups = await query(page, stack, "groups", "list", undefined);
  const { id } = await mutate(page, stack, "rollouts", "create", {
    name: `${group} ${releaseId.slice(0, 8)}`,
    releaseId,
    groupId: groups.find((one) => one.name === group)?.id ?? "",
    stages: stages.map(({ name, count }) => ({
      name,
      target: { kind: "count" as const, count },
      soakSeconds: 0,
      deadlineSeconds: 60,
      manual: false,
    })),
    gates: GATES,
    start: true,
  });
  return id;
}

/** A rollout's devices: the first two hundred. */
export async function devicesOf(page: Page, stack: Stack, id: string): Promise<RouterOutputs["rollouts"]["devices"]["items"]> {
  return (await query(page, stack, "rollouts", "devices", { id })).items;
}

export async function untilRollout(page: Page, stack: Stack, id: string, state: Rollout["state"], timeout = 60_000): Promise<Rollout> {
  await expect.poll(async () => (await query(page, stack, "rollouts", "get", { id })).state, { timeout }).toBe(state);
  return query(page, stack, "rollouts", "get", { id });
}

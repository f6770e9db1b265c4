import { expect, type Page } from "@playwright/test";
import { mutate, query } from "./api.ts";
import type { Stack } from "./stack.ts";

/** Something of each kind to look at. */
export interface Seeded {
  modelId: string;
  versionId: string;
  dataSetId: string;
  releaseId: string;
  rolloutId: string;
  groupId: string;
  deviceId: string;
}

const SETTLED = { timeout: 60_000 };

/** Finds one of each kind, and makes what an earlier file has not left: from the samples, by the API, with the real worker and devices. */
export async function seed(page: Page, stack: Stack): Promise<Seeded> {
  const [{ modelId, versionId }, dataSetId] = await Promise.all([findModel(page, stack), findDataSet(page, stack)]);
  const releaseId = await findRelease(page, stack, versionId, dataSetId);
  const [group] = await query(page, stack, "groups", "list", undefined);
  const { items } = await query(page, stack, "devices", "list", { filter: "", limit: 1 });
  const deviceId = items[0]?.id;
  if (group === undefined || deviceId === undefined) throw new Error("The stack has no group or no device.");
  return {
    modelId,
    versionId,
    dataSetId,
    releaseId,
    groupId: group.id,
    deviceId,
    rolloutId: await findRollout(page, stack, releaseId, group.id),
  };
}

async function findModel(page: Page, stack: Stack): Promise<{ modelId: string; versionId: string }> {
  const find = async () => (await query(page, stack, "models", "list", { search: "mnist-cnn" })).items[0];
  if ((await find()) === undefined) await mutate(page, stack, "uploads", "useSample", { sample: "mnist-cnn" });
  await expect.poll(async () => (await find()) !== undefined, SETTLED).toBe(true);
  const modelId = (await find())?.id ?? "";
  const { versions } = await query(page, stack, "models", "get", { id: modelId });
  return { modelId, versionId: versions.at(-1)?.id ?? "" };
}

async function findDataSet(page: Page, stack: Stack): Promise<string> {
  const find = async () => (await query(page, stack, "dataSets", "list", undefined)).find((set) => set.name.startsWith("mnist-test"));
  if ((await find()) === undefined) await mutate(page, stack, "uploads", "useSample", { sample: "mnist-test" });
  await expect.poll(async () => (await find()) !== undefined, SETTLED).toBe(true);
  return (await find())?.id ?? "";
}

async function findRelease(page: Page, stack: Stack, versionId: string, dataSetId: string): Promise<string> {
  const find = async () => (await query(page, stack, "releases", "list", {})).find((release) => release.state === "READY");
  if ((await find()) === undefined) {
    const { variants } = await query(page, stack, "models", "version", { id: versionId });
    await mutate(page, stack, "releases", "create", {
      modelVersionId: versionId,
      variantIds: variants.slice(0, 1).map((variant) => variant.id),
      goldenDataSetId: dataSetId,
      goldenCount: 8,
      gates: { goldenAgreementMin: 0.9, latencyP95MaxMs: null, latencyP95MaxRatio: null, memoryMaxBytes: null, memoryMaxRatio: null },
      acceptFailedGates: true,
    });
  }
  await expect.poll(async () => (await find()) !== undefined, SETTLED).toBe(true);
  return (await find())?.id ?? "";
}

async function findRollout(page: Page, stack: Stack, releaseId: string, groupId: string): Promise<string> {
  // Not one that another test has left as a draft, or halted.
  const newest = (await query(page, stack, "rollouts", "list", {})).items.find(({ state }) => state !== "DRAFT" && state !== "HALTED");
  if (newest !== undefined) return newest.id;
  const { id } = await mutate(page, stack, "rollouts", "create", {
    name: "To all demo devices",
    releaseId,
    groupId,
    stages: [{ name: "All", target: { kind: "percent", percent: 100 }, soakSeconds: 0, deadlineSeconds: 3600, manual: false }],
    gates: { failureRateMax: 0.05, minimumSample: 1, goldenAgreementMin: null, latencyP95MaxRatio: null, memoryMaxRatio: null },
    start: true,
  });
  await expect.poll(async () => (await query(page, stack, "rollouts", "get", { id })).state, SETTLED).toBe("COMPLETED");
  return id;
}

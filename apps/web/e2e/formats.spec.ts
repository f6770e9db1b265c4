import { writeFile } from "node:fs/promises";
import path from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { samples } from "@flotilla/samples";
import { writeNpy } from "@flotilla/validate/npy";
import { expect, type Page, test } from "@playwright/test";
import { mutate, query } from "./support/api.ts";
import { callInference, readHostInfo, testImages } from "./support/devices.ts";
import { becomeOwner, chooseFile, openPage, uploadCard } from "./support/pages.ts";
import type { Stack } from "./support/stack.ts";
import { writeTfjsModel } from "./support/tfjs-model.ts";
import { dropFile, dropFiles } from "./support/uploads.ts";

/** Models as people have them: dropped as Keras and TensorFlow Lite files, converted, proved, and run by a device. */
const IMAGES = 40;
const SETTLED = { timeout: 90_000 };

const MODELS = [
  { file: samples.mnistKeras2, format: "Keras HDF5", framework: "Keras 2.", reference: "TensorFlow.js" },
  { file: samples.mnistKeras3, format: "Keras 3", framework: "Keras 3.", reference: "TensorFlow.js" },
  { file: samples.mnistTflite, format: "TensorFlow Lite", framework: "TensorFlow Lite", reference: "TensorFlow Lite runtime" },
] as const;

test("Keras and TensorFlow Lite files go from one drop to devices that run them", { tag: "@long" }, async ({ page }) => {
  test.setTimeout(400_000);
  const stack = await becomeOwner(page);
  await mutate(page, stack, "uploads", "useSample", { sample: "mnist-test" });
  await openPage(page, `${stack.url}/models`);
  await dropFiles(
    page,
    MODELS.map(({ file }) => file),
  );
  const versions: string[] = [];
  for (const model of MODELS)
    await test.step(`${path.basename(model.file)} is described, converted and proved`, async () => {
      versions.push(await readVerdict(page, model));
    });
  await page.screenshot({ path: test.info().outputPath("verdicts.png"), fullPage: true });
  for (const [index, { file }] of MODELS.entries())
    await test.step("the way from the file to ONNX is on the lineage, and the file can be had again", () =>
      checkLineage(page, stack, { versionId: versions[index] ?? "", file }));
  const goldenDataSetId = await findDataSet(page, stack);
  await test.step("a device for each runs it and knows its digits", async () => {
    await Promise.all(
      versions.map((versionId, index) => runOnDevice(page, stack, { versionId, goldenDataSetId, device: `demo-${index + 1}` })),
    );
  });
});

test("what nothing here can run is proved by inputs and outputs of one's own, and a file that does not fit is refused", async ({
  page,
}) => {
  const stack = await becomeOwner(page);
  await openPage(page, `${stack.url}/models`);
  await dropFile(page, samples.kerasUnitLength);
  const card = uploadCard(page, path.basename(samples.kerasUnitLength));
  await expect(card).toHaveAttribute("data-state", "READY", SETTLED);
  await expect(card.locator("[data-conversion]")).toHaveAttribute("data-conversion", "unproved");
  await card.getByRole("link", { name: "Open the model" }).click();
  const report = page.locator("main [data-conversion]");
  await expect(report).toHaveAttribute("data-conversion", "unproved");
  const [features, direction] = await writeUnitLengths(10, 8);
  await chooseFile(page, "Choose inputs and outputs", features);
  await expect(page.locator('[data-state="REJECTED"]')).toContainText('No array for the model\'s output "direction"', SETTLED);
  await chooseFile(page, "Choose inputs and outputs", [features, direction]);
  await expect(report).toHaveAttribute("data-conversion", "proved", SETTLED);
  await expect(report).toContainText("your inputs and outputs in reference.npz, 10 samples");
  await expect(report.locator('[data-output="direction"]')).toContainText("within");
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations).toEqual([]);
});

test("a TensorFlow.js model is dropped with its weight file, and takes its channels in the order that was chosen before", async ({
  page,
}) => {
  const stack = await becomeOwner(page);
  await openPage(page, `${stack.url}/models`);
  await page.getByRole("radio", { name: "first (NCHW)" }).check();
  await dropFiles(page, await writeTfjsModel());
  const card = uploadCard(page, "model.zip");
  await expect(card).toHaveAttribute("data-state", "READY", SETTLED);
  const report = card.locator("[data-conversion]");
  await expect(report).toHaveAttribute("data-conversion", "proved");
  for (const words of ["TensorFlow.js layers", "first (NCHW)", "the same layers in TensorFlow.js"])
    await expect(report).toContainText(words);
  await expect(card).toContainText("picture: float32 [batch, 3, 4, 5]");
  await expect(card.getByRole("button", { name: "Convert again with channels last" })).toBeVisible();
});

test("a model leaves as TFLite int8 and as ORT by the dialog, and a device takes the one that it can run", { tag: "@long" }, async ({
  page,
}) => {
  test.setTimeout(300_000);
  const stack = await becomeOwner(page);
  for (const sample of ["mnist-cnn", "mnist-calibration", "mnist-test"] as const)
    await mutate(page, stack, "uploads", "useSample", { sample });
  const goldenDataSetId = await findDataSet(page, stack);
  const { versionId, address } = await findSample(page, stack);
  await exportByDialog(page, address, {
    preset: "TFLite int8 (MCU, Edge TPU)",
    name: "TFLite, int8 static, per channel",
    format: "TFLite",
  });
  await exportByDialog(page, address, {
    preset: "ORT for small runtimes",
    leaveOut: /^int8 static/,
    opset: "13",
    name: "ORT, fp32, opset 13",
    format: "ORT",
  });
  const { variants } = await query(page, stack, "models", "version", { id: versionId });
  const [tflite, ort] = ["tflite", "ort"].map((format) => variants.find((variant) => variant.format === format));
  await test.step("the file can be taken away, and its graph is said not to be drawn", async () => {
    const answer = await page.request.get(`${stack.url}/api/variants/${tflite?.id}/file`);
    expect(answer.headers()["content-disposition"]).toMatch(/\.tflite$/);
    expect((await answer.body()).subarray(4, 8).toString()).toBe("TFL3");
    await openPage(page, `${address}?tab=graph&variant=${ort?.id}`);
    await expect(page.getByRole("main")).toContainText("“ORT, fp32, opset 13” is not drawn");
  });
  const variantIds = [tflite?.id ?? "", ort?.id ?? ""];
  await runOnDevice(page, stack, { versionId, goldenDataSetId, variantIds, device: "demo-4" });
  const devices = await query(page, stack, "devices", "list", { filter: '"demo-4"', limit: 5 });
  const device = await query(page, stack, "devices", "get", { id: devices.items[0]?.id ?? "" });
  expect(JSON.stringify(device)).toContain(ort?.sha256);
});

test("a Lambda and layers without a counterpart are refused, each with its name and what to do", async ({ page }) => {
  const stack = await becomeOwner(page);
  await openPage(page, `${stack.url}/models`);
  await dropFile(page, samples.kerasLambda);
  const lambda = uploadCard(page, path.basename(samples.kerasLambda));
  await expect(lambda).toHaveAttribute("data-state", "REJECTED", SETTLED);
  await expect(lambda).toContainText("One layer has no counterpart");
  const row = lambda.locator('[data-unsupported="Lambda"]');
  await expect(row).toContainText("double_it");
  await expect(row).toContainText("which is never run here. Replace it by layers that Keras has");
  await dropFile(page, samples.kerasFiveUnsupported);
  const five = uploadCard(page, path.basename(samples.kerasFiveUnsupported));
  await expect(five).toHaveAttribute("data-state", "REJECTED", SETTLED);
  await expect(five).toContainText("5 layers have no counterpart");
  await expect(five.locator("[data-unsupported]")).toHaveCount(5);
  await page.screenshot({ path: test.info().outputPath("refused.png"), fullPage: true });
  for (const kind of ["StringLookup", "Hashing", "MelSpectrogram", "AdaptiveSomething", "Swirl"])
    await expect(five.locator(`[data-unsupported="${kind}"]`)).toBeVisible();
});

async function findDataSet(page: Page, stack: Stack): Promise<string> {
  const find = async () => (await query(page, stack, "dataSets", "list", undefined)).find(({ name }) => name.startsWith("mnist-test"));
  await expect.poll(async () => (await find()) !== undefined, SETTLED).toBe(true);
  return (await find())?.id ?? "";
}

/** Returns the id of the version that the file became. */
async function readVerdict(page: Page, model: (typeof MODELS)[number]): Promise<string> {
  const card = uploadCard(page, path.basename(model.file));
  await expect(card).toHaveAttribute("data-state", "READY", SETTLED);
  const report = card.locator("[data-conversion]");
  await expect(report).toHaveAttribute("data-conversion", "proved");
  for (const words of [model.format, model.framework, model.reference]) await expect(report).toContainText(words);
  await expect(card.locator("[data-profile]")).not.toHaveCount(0);
  const href = (await card.getByRole("link", { name: "Open the model" }).getAttribute("href")) ?? "";
  return /versions\/([^/]+)/.exec(href)?.[1] ?? "";
}

/** Rows of numbers, and the same divided by their lengths, as NumPy saves them. */
async function writeUnitLengths(rows: number, columns: number): Promise<[string, string]> {
  const values = Float32Array.from({ length: rows * columns }, (_, index) => ((index * 37) % 17) - 8.5);
  const lengths = values.map((_, index) => Math.hypot(...values.subarray(index - (index % columns), index - (index % columns) + columns)));
  const write = async (name: string, data: Float32Array): Promise<string> => {
    const file = test.info().outputPath(`${name}.npy`);
    await writeFile(file, writeNpy({ type: "float32", shape: [rows, columns], data }));
    return file;
  };
  const scaled = values.map((value, index) => value / (lengths[index] ?? 1));
  return [await write("features", values), await write("direction", scaled)];
}

async function checkLineage(page: Page, stack: Stack, { versionId, file }: { versionId: string; file: string }): Promise<void> {
  const { modelId, sha256, converted } = await query(page, stack, "models", "version", { id: versionId });
  await openPage(page, `${stack.url}/models/${modelId}/versions/${versionId}?tab=lineage`);
  await expect(page.locator('[data-lineage="file-0"]')).toContainText(path.basename(file));
  await expect(page.locator('[data-lineage="conversion-0"]')).toContainText("answers alike");
  await page.screenshot({ path: test.info().outputPath(`lineage-${path.basename(file)}.png`) });
  expect(converted?.sha256).not.toBe(sha256);
  const answer = await page.request.get(`${stack.url}/api/model-versions/${versionId}/uploaded-file`);
  expect((await answer.body()).length).toBe(converted?.sizeBytes);
}

async function findSample(page: Page, stack: Stack): Promise<{ versionId: string; address: string }> {
  const find = async () => (await query(page, stack, "models", "list", { search: "mnist-cnn" })).items[0];
  const ready = async () => (await query(page, stack, "dataSets", "list", undefined)).length >= 2 && (await find()) !== undefined;
  await expect.poll(ready, SETTLED).toBe(true);
  const modelId = (await find())?.id ?? "";
  const { versions } = await query(page, stack, "models", "get", { id: modelId });
  const versionId = versions.at(-1)?.id ?? "";
  return { versionId, address: `${stack.url}/models/${modelId}/versions/${versionId}` };
}

/** Takes a preset in the dialog, without one of its recipes, and waits until the one variant that comes of it has its accuracy. */
async function exportByDialog(
  page: Page,
  address: string,
  { preset, leaveOut, opset, name, format }: { preset: string; leaveOut?: RegExp; opset?: string; name: string; format: string },
): Promise<void> {
  await openPage(page, `${address}?tab=variants`);
  await page.getByRole("button", { name: "Optimise…" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: preset }).click();
  await expect(dialog.getByRole("radio", { name: new RegExp(`^${format}`) })).toBeChecked();
  if (leaveOut !== undefined) await dialog.getByRole("checkbox", { name: leaveOut }).uncheck();
  if (opset !== undefined) await dialog.getByLabel("Operator set").selectOption(opset);
  if (format === "TFLite") await expect(dialog.getByRole("checkbox", { name: /^int8 dynamic/ })).toBeDisabled();
  await page.screenshot({ path: test.info().outputPath(`dialog-${format}.png`) });
  await dialog.getByRole("button", { name: "Start 1 job" }).click();
  const row = page.locator(`tr[data-variant="${name}"]`);
  await expect(row.locator('td[data-column="format"]')).toHaveText(format, SETTLED);
  await expect(row.locator('td[data-column="accuracy"]')).toContainText("%", SETTLED);
  await row.getByRole("button").first().click();
  await page.screenshot({ path: test.info().outputPath(`variant-${format}.png`), fullPage: true });
}

async function runOnDevice(
  page: Page,
  stack: Stack,
  input: { versionId: string; goldenDataSetId: string; device: string; variantIds?: string[] },
): Promise<void> {
  const { variants, modelName, inspection } = await query(page, stack, "models", "version", { id: input.versionId });
  const { releaseId } = await mutate(page, stack, "releases", "create", {
    modelVersionId: input.versionId,
    variantIds: input.variantIds ?? variants.map(({ id }) => id),
    goldenDataSetId: input.goldenDataSetId,
    goldenCount: 16,
    gates: { goldenAgreementMin: 0.9, latencyP95MaxMs: null, latencyP95MaxRatio: null, memoryMaxBytes: null, memoryMaxRatio: null },
    acceptFailedGates: false,
  });
  const stateOf = async () => (await query(page, stack, "releases", "list", {})).find(({ id }) => id === releaseId)?.state;
  await expect.poll(stateOf, SETTLED).toBe("READY");
  const findDevice = async () =>
    (await query(page, stack, "devices", "list", { filter: `${JSON.stringify(input.device)} and online` })).items.find(
      ({ name }) => name === input.device,
    );
  // A stack that has just started may still be enrolling them.
  await expect.poll(async () => (await findDevice()) !== undefined, SETTLED).toBe(true);
  const deviceIds = [(await findDevice())?.id ?? ""];
  const group = await mutate(page, stack, "groups", "create", { name: `For ${modelName}`, kind: "static", filter: "", deviceIds });
  const { id } = await mutate(page, stack, "rollouts", "create", {
    name: `${modelName} to ${input.device}`,
    releaseId,
    groupId: group.id,
    stages: [{ name: "All", target: { kind: "percent", percent: 100 }, soakSeconds: 0, deadlineSeconds: 600, manual: false }],
    gates: { failureRateMax: 0.05, minimumSample: 1, goldenAgreementMin: null, latencyP95MaxRatio: null, memoryMaxRatio: null },
    start: true,
  });
  await expect.poll(async () => (await query(page, stack, "rollouts", "get", { id })).state, SETTLED).toBe("COMPLETED");
  const { url } = await readHostInfo(path.join(stack.dataDirectory, "devices", input.device));
  const { images, labels } = await testImages(IMAGES);
  const answers = await callInference(url, modelName, images, inspection.inputs[0]?.name);
  const right = answers.filter((answer, index) => answer === labels[index]).length;
  expect(right / IMAGES).toBeGreaterThan(0.9);
}

"use client";
import type { DeviceGates } from "@flotilla/contracts";
import type { ModelVersionView } from "@flotilla/contracts/views";
import { Button, Checkbox, Dialog, Field, Input, Notice, NumberInput, Select, useFormat } from "@flotilla/ui";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { useTRPC } from "../../trpc/client.tsx";
import { useGateText } from "../models/use-gate-text.ts";
import { useErrorText } from "../shell/use-reason-text.ts";
import { DeviceGateFields } from "./device-gate-fields.tsx";

export interface ReleaseDialogProps {
  version: ModelVersionView;
  firstVariantId: string;
  onClose: () => void;
  onCreated: () => void;
}

const defaultGates: DeviceGates = {
  goldenAgreementMin: 0.98,
  latencyP95MaxMs: null,
  latencyP95MaxRatio: 1.5,
  memoryMaxBytes: null,
  memoryMaxRatio: 1.5,
};

/** Sign a set of variants with golden inputs and the gates that each device checks after activation. */
export function ReleaseDialog({ version, firstVariantId, onClose, onCreated }: ReleaseDialogProps) {
  const t = useTranslations("releases.dialog");
  const say = useErrorText();
  const sayGate = useGateText();
  const format = useFormat();
  const tFormats = useTranslations("models.variantFormats");
  const trpc = useTRPC();
  const client = useQueryClient();
  const dataSets = useQuery(trpc.dataSets.list.queryOptions());
  const sets = dataSets.data ?? [];
  const [variantIds, setVariantIds] = useState<readonly string[]>([firstVariantId]);
  const [name, setName] = useState("");
  const [goldenId, setGoldenId] = useState<string | null>(null);
  const [goldenCount, setGoldenCount] = useState(32);
  const [gates, setGates] = useState(defaultGates);
  const [accepted, setAccepted] = useState(false);
  const golden = sets.find((set) => set.id === goldenId) ?? sets.find((set) => set.name.toLowerCase().includes("test")) ?? sets[0];
  const chosen = version.variants.filter((variant) => variantIds.includes(variant.id));
  const failing = chosen.flatMap((variant) => variant.gates.filter((gate) => gate.verdict === "fail").map((gate) => ({ variant, gate })));
  const wrong = version.converted?.conversion.check.passed === false;
  const blocked = failing.length > 0 || wrong;
  const create = useMutation(
    trpc.releases.create.mutationOptions({
      onSuccess: async () => {
        await Promise.all([
          client.invalidateQueries(trpc.releases.pathFilter()),
          client.invalidateQueries(trpc.models.version.pathFilter()),
        ]);
        onCreated();
      },
    }),
  );
  const submit = () => {
    if (golden === undefined) return;
    create.mutate({
      modelVersionId: version.id,
      variantIds: [...variantIds],
      goldenDataSetId: golden.id,
      goldenCount: Math.min(goldenCount, golden.sampleCount),
      gates,
      acceptFailedGates: blocked && accepted,
      ...(name.trim() === "" ? {} : { name: name.trim() }),
    });
  };
  const ready = chosen.length > 0 && golden !== undefined && (!blocked || accepted);
  return (
    <Dialog
      open
      size="lg"
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={t("title", { name: `${version.modelName} ${version.version}` })}
      description={t("description")}
      footer={
        <>
          <Button onClick={onClose}>{t("cancel")}</Button>
          <Button variant={blocked ? "danger" : "primary"} disabled={!ready} pending={create.isPending} onClick={submit}>
            {t(blocked ? "releaseAnyway" : "release")}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-5">
        <fieldset className="flex flex-col gap-1">
          <legend className="font-semibold">{t("variants")}</legend>
          <p className="mb-1 text-muted text-xs">{t("variantsHint")}</p>
          {version.variants.map((variant) => (
            <Checkbox
              key={variant.id}
              label={`${variant.name} · ${tFormats(variant.format)} · ${format.bytes(variant.sizeBytes)}`}
              checked={variantIds.includes(variant.id)}
              onChange={(event) =>
                setVariantIds(event.target.checked ? [...variantIds, variant.id] : variantIds.filter((id) => id !== variant.id))
              }
            />
          ))}
        </fieldset>
        <fieldset className="grid gap-3 sm:grid-cols-2">
          <legend className="mb-2 font-semibold">{t("golden")}</legend>
          <Field label={t("goldenSet")} hint={t("goldenHint")} error={dataSets.isSuccess && sets.length === 0 ? t("noDataSets") : null}>
            <Select
              value={golden?.id ?? ""}
              onChange={(event) => setGoldenId(event.target.value)}
              options={sets.map((set) => ({ value: set.id, label: t("setOption", { name: set.name, count: set.sampleCount }) }))}
            />
          </Field>
          <Field label={t("goldenCount")} hint={t("goldenCountHint")}>
            <NumberInput
              min={1}
              max={256}
              step={1}
              value={goldenCount}
              onValueChange={(value) => setGoldenCount(Math.max(1, Math.min(256, Math.round(value ?? 32))))}
            />
          </Field>
        </fieldset>
        <DeviceGateFields value={gates} onChange={setGates} />
        <Field label={t("name")} optional hint={t("nameHint")}>
          <Input value={name} maxLength={120} onChange={(event) => setName(event.target.value)} />
        </Field>
        {blocked ? (
          <Notice kind="bad" title={t("failing", { count: failing.length + (wrong ? 1 : 0) })}>
            <ul className="my-1 list-disc pl-4">
              {wrong ? <li>{t("wronglyConverted", { file: version.fileName })}</li> : null}
              {failing.map(({ variant, gate }) => (
                <li key={`${variant.id}-${gate.metric}`}>
                  {variant.name}: {sayGate(gate)}
                </li>
              ))}
            </ul>
            <Checkbox label={t("accept")} checked={accepted} onChange={(event) => setAccepted(event.target.checked)} />
          </Notice>
        ) : null}
        {create.error === null ? null : <Notice kind="bad">{say(create.error)}</Notice>}
      </div>
    </Dialog>
  );
}

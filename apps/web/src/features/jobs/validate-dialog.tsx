"use client";
import type { VariantView } from "@flotilla/contracts/views";
import { Button, Dialog, Field, Notice, Select, toast } from "@flotilla/ui";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { useTRPC } from "../../trpc/client.tsx";
import { useErrorText } from "../shell/use-reason-text.ts";
import { defaultGateChoice, toGates } from "./gate-choices.ts";
import { GateFields } from "./gate-fields.tsx";

/** Measure one variant again, with other images or other gates. */
export function ValidateDialog({ variant, onClose }: { variant: VariantView; onClose: () => void }) {
  const t = useTranslations("jobs.validate");
  const say = useErrorText();
  const trpc = useTRPC();
  const client = useQueryClient();
  const dataSets = useQuery(trpc.dataSets.list.queryOptions());
  const [chosen, setChosen] = useState<string | null>(null);
  const [gates, setGates] = useState(defaultGateChoice);
  const sets = dataSets.data ?? [];
  const test = sets.find((set) => set.id === (chosen ?? sets.find((item) => item.labelled)?.id)) ?? sets[0];
  const validate = useMutation(
    trpc.jobs.validate.mutationOptions({
      onSuccess: async () => {
        await client.invalidateQueries(trpc.jobs.list.pathFilter());
        toast.success(t("started"));
        onClose();
      },
    }),
  );
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={t("title", { name: variant.name })}
      description={t("description")}
      footer={
        <>
          <Button onClick={onClose}>{t("cancel")}</Button>
          <Button
            variant="primary"
            disabled={test === undefined}
            pending={validate.isPending}
            onClick={() =>
              test === undefined
                ? undefined
                : validate.mutate({ variantId: variant.id, testDataSetId: test.id, gates: toGates(gates, test.labelled) })
            }
          >
            {t("start")}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <Field label={t("test")} hint={sets.length === 0 && dataSets.isSuccess ? t("noDataSets") : undefined}>
          <Select
            value={test?.id ?? ""}
            onChange={(event) => setChosen(event.target.value)}
            options={sets.map((set) => ({ value: set.id, label: set.name }))}
          />
        </Field>
        <GateFields value={gates} onChange={setGates} labelled={test?.labelled ?? false} />
        {validate.error === null ? null : <Notice kind="bad">{say(validate.error)}</Notice>}
      </div>
    </Dialog>
  );
}

"use client";
import { type ModelCard, tasks } from "@flotilla/contracts";
import type { ModelVersionView } from "@flotilla/contracts/views";
import { Button, Card, EmptyState, Facts, Field, Notice, Select, Textarea, toast } from "@flotilla/ui";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { useTRPC } from "../../trpc/client.tsx";
import { useSession } from "../shell/session.tsx";
import { RunsOnFacts } from "../uploads/runs-on-facts.tsx";
import { InspectionFacts } from "../uploads/verdict-card.tsx";
import { useErrorText } from "../shell/use-reason-text.ts";
import { ConversionCard } from "./conversion-card.tsx";
import { inferPreprocessing } from "./infer-preprocessing.ts";
import { PreprocessingFields } from "./preprocessing-fields.tsx";
import { proposeReading, ReadingFields } from "./reading-fields.tsx";

/** What was found in the file, and what people say about it. */
export function CardTab({ version }: { version: ModelVersionView }) {
  const t = useTranslations("models.card");
  const session = useSession();
  const { metadata, notes } = version.inspection;
  return (
    <div className="grid items-start gap-4 lg:grid-cols-2">
      <Card title={t("found")}>
        <InspectionFacts inspection={version.inspection} />
        <div className="mt-4">
          <RunsOnFacts inspection={version.inspection} uploaded={version.converted?.format ?? null} />
        </div>
        <div className="mt-3 flex flex-col gap-2 empty:hidden">
          {notes.map((note) => (
            <Notice key={note} kind="warn">
              {note}
            </Notice>
          ))}
        </div>
        {Object.keys(metadata).length === 0 ? null : (
          <>
            <h3 className="mt-4 mb-1 font-semibold text-sm">{t("metadata")}</h3>
            <Facts items={Object.entries(metadata).map(([label, value]) => ({ label, value }))} />
          </>
        )}
      </Card>
      {session.can("model:write") ? <CardForm version={version} /> : <CardFacts card={version.card} />}
      {version.converted === null ? null : <ConversionCard version={version} converted={version.converted} />}
    </div>
  );
}

function CardForm({ version }: { version: ModelVersionView }) {
  const t = useTranslations("models.card");
  const say = useErrorText();
  const trpc = useTRPC();
  const client = useQueryClient();
  const [card, setCard] = useState<ModelCard>(version.card);
  const [labels, setLabels] = useState(version.card.labels.join("\n"));
  const save = useMutation(
    trpc.models.updateCard.mutationOptions({
      onSuccess: async () => {
        await client.invalidateQueries(trpc.models.version.queryFilter({ id: version.id }));
        toast.success(t("saved"));
      },
    }),
  );
  const guess = inferPreprocessing(version.inspection.inputs[0]);
  const submit = () => save.mutate({ versionId: version.id, card: { ...card, labels: splitLabels(labels) } });
  return (
    <Card title={t("yours")}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Field label={t("task")} hint={t("taskHint")}>
          <Select
            value={card.task}
            onChange={(event) => {
              const task = tasks.find((candidate) => candidate === event.target.value) ?? "other";
              setCard({ ...card, task, reading: proposeReading(task, version.inspection.outputs) });
            }}
            options={tasks.map((task) => ({ value: task, label: t(`tasks.${task}`) }))}
          />
        </Field>
        {card.reading === null || card.reading === undefined ? null : (
          <ReadingFields value={card.reading} outputs={version.inspection.outputs} onChange={(reading) => setCard({ ...card, reading })} />
        )}
        <section aria-label={t("preprocessing")} className="flex flex-col gap-2">
          <h3 className="font-medium">{t("preprocessing")}</h3>
          <p className="text-muted text-xs">{t("preprocessingHint")}</p>
          {card.preprocessing === null ? (
            <EmptyState
              bare
              className="rounded-md border border-line-strong border-dashed py-4"
              title={t(guess === null ? "noGuess" : "noPreprocessing")}
              action={
                guess === null ? undefined : (
                  <Button onClick={() => setCard({ ...card, preprocessing: guess })}>
                    {t("useGuess", { width: guess.width, height: guess.height, channels: guess.channels, layout: guess.layout })}
                  </Button>
                )
              }
            />
          ) : (
            <PreprocessingFields value={card.preprocessing} onChange={(preprocessing) => setCard({ ...card, preprocessing })} />
          )}
        </section>
        <Field label={t("labels")} hint={t("labelsHint", { count: splitLabels(labels).length })}>
          <Textarea rows={5} value={labels} onChange={(event) => setLabels(event.target.value)} spellCheck={false} />
        </Field>
        <Field label={t("notes")} optional>
          <Textarea rows={4} value={card.notes} maxLength={20_000} onChange={(event) => setCard({ ...card, notes: event.target.value })} />
        </Field>
        {save.error === null ? null : <Notice kind="bad">{say(save.error)}</Notice>}
        <Button type="submit" variant="primary" className="self-end" pending={save.isPending}>
          {t("save")}
        </Button>
      </form>
    </Card>
  );
}

/** The same for who may only read. */
function CardFacts({ card }: { card: ModelCard }) {
  const t = useTranslations("models.card");
  const { preprocessing } = card;
  return (
    <Card title={t("yours")}>
      <Facts
        items={[
          { label: t("task"), value: t(`tasks.${card.task}`) },
          {
            label: t("preprocessing"),
            value:
              preprocessing === null
                ? t("noPreprocessing")
                : t("useGuess", {
                    width: preprocessing.width,
                    height: preprocessing.height,
                    channels: preprocessing.channels,
                    layout: preprocessing.layout,
                  }),
          },
          { label: t("labels"), value: card.labels.length === 0 ? "–" : card.labels.join(", ") },
          { label: t("notes"), value: card.notes === "" ? "–" : card.notes },
        ]}
      />
    </Card>
  );
}

function splitLabels(text: string): string[] {
  const lines = text.split("\n").map((line) => line.trim());
  while (lines.at(-1) === "") lines.pop();
  return lines;
}

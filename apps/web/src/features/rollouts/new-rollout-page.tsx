"use client";
import {
  Button,
  Card,
  ConfirmDialog,
  Field,
  Input,
  LinkButton,
  Notice,
  PageHeader,
  Select,
  Skeleton,
  toast,
  useFormat,
  useNow,
} from "@flotilla/ui";
import type { GroupView, ReleaseListItem } from "@flotilla/contracts/views";
import { keepPreviousData, useMutation, useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useQueryState } from "nuqs";
import { useId, useState } from "react";
import { useTRPC } from "../../trpc/client.tsx";
import { useCrumbs } from "../shell/crumbs.tsx";
import { Denied } from "../shell/denied.tsx";
import { QueryView } from "../shell/query-view.tsx";
import { useSession } from "../shell/session.tsx";
import { useErrorText } from "../shell/use-reason-text.ts";
import { checkDraft, defaultGates, templateStages, type TemplateName, toStageSpecs } from "./draft-rollout.ts";
import { GateEditor } from "./gate-editor.tsx";
import { checkOptions, defaultOptions, toOptions } from "./options/draft-options.ts";
import { OptionsSection } from "./options/options-section.tsx";
import { PreflightPanel } from "./preflight-panel.tsx";
import { startNow, toStartAt } from "./start-at.ts";
import { StartFields } from "./start-fields.tsx";
import { StageEditor } from "./stage-editor.tsx";
import { useStartText } from "./use-start-text.ts";

/** A new rollout on one page: what, where, in which steps, what must hold; beside it, what will happen. */
export function NewRolloutPage() {
  const t = useTranslations("rollouts.new");
  const trpc = useTRPC();
  const session = useSession();
  const releases = useQuery(trpc.releases.list.queryOptions({}));
  const groups = useQuery(trpc.groups.list.queryOptions());
  useCrumbs([{ label: t("title") }]);
  if (!session.can("rollout:write")) {
    return (
      <>
        <PageHeader title={t("title")} />
        <Denied />
      </>
    );
  }
  return (
    <>
      <PageHeader title={t("title")}>{t("subtitle")}</PageHeader>
      <QueryView query={releases} skeleton={<FormSkeleton />}>
        {(releaseList) => (
          <QueryView query={groups} skeleton={<FormSkeleton />}>
            {(groupList) => <RolloutForm releases={releaseList.filter((release) => release.state === "READY")} groups={groupList} />}
          </QueryView>
        )}
      </QueryView>
    </>
  );
}

function FormSkeleton() {
  return (
    <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,2fr)_minmax(280px,1fr)]">
      <div className="grid gap-4">
        <Skeleton className="h-44" />
        <Skeleton className="h-80" />
        <Skeleton className="h-64" />
      </div>
      <Skeleton className="h-28" />
    </div>
  );
}

function RolloutForm({ releases, groups }: { releases: ReleaseListItem[]; groups: GroupView[] }) {
  const t = useTranslations("rollouts.new");
  const say = useErrorText();
  const form = useRolloutForm(releases, groups);
  const formId = useId();
  const { error, tried } = form;
  const said = error === null ? null : t(`errors.${error.key}`, { name: error.stage });
  const errorOf = (field: string) => (tried && error?.field === field ? said : null);
  return (
    <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,2fr)_minmax(280px,1fr)]">
      <form
        id={formId}
        className="flex min-w-0 flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          form.askToStart();
        }}
      >
        <Card title={t("what")}>
          <div className="grid gap-4 sm:grid-cols-2">
            <Field label={t("release")} error={errorOf("release")} hint={releases.length === 0 ? t("noReleases") : undefined} required>
              <Select
                value={form.releaseId}
                onChange={(event) => form.setReleaseId(event.target.value)}
                placeholder={t("chooseRelease")}
                options={releases.map((release) => ({
                  value: release.id,
                  label: release.gatesPassed ? release.name : `${release.name} (${t("gateFailedMark")})`,
                }))}
              />
            </Field>
            <Field label={t("group")} error={errorOf("group")} hint={groups.length === 0 ? t("noGroups") : undefined} required>
              <Select
                value={form.groupId}
                onChange={(event) => form.setGroupId(event.target.value)}
                placeholder={t("chooseGroup")}
                options={groups.map((group) => ({
                  value: group.id,
                  label: t("groupOption", { name: group.name, count: group.deviceCount, online: group.onlineCount }),
                }))}
              />
            </Field>
            <Field label={t("name")} error={errorOf("name")} className="sm:col-span-2">
              <Input value={form.name} onChange={(event) => form.setName(event.target.value)} maxLength={120} />
            </Field>
          </div>
          <div className="mt-3 flex gap-2 empty:hidden">
            {releases.length === 0 ? <LinkButton href="/models">{t("toModels")}</LinkButton> : null}
            {groups.length === 0 ? <LinkButton href="/devices">{t("toDevices")}</LinkButton> : null}
          </div>
        </Card>
        <StageEditor
          stages={form.stages}
          onChange={form.setStages}
          template={form.template}
          onTemplate={form.chooseTemplate}
          counts={form.preflight.data?.stages ?? null}
          error={errorOf("stages")}
        />
        <GateEditor gates={form.gates} onChange={form.setGates} />
        <OptionsSection {...form.optionFields} />
        <Card title={t("whenTitle")}>
          <div className="flex flex-col gap-3">
            <StartFields
              start={form.start}
              onChange={form.setStart}
              error={form.tried && form.startAt === undefined ? t("errors.hour") : null}
            />
            {form.needsApproval ? <Notice kind="off">{t("needsApproval")}</Notice> : null}
          </div>
        </Card>
        {form.failure === null ? null : <Notice kind="bad">{form.failure}</Notice>}
      </form>
      <PreflightPanel
        preflight={form.preflight.data}
        asked={form.asked}
        stages={form.specs}
        pending={form.preflight.isFetching}
        error={form.preflight.error === null ? null : say(form.preflight.error)}
      />
      {/* After what will happen, also where that stands below the form. */}
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={form.saveDraft} pending={form.saving}>
          {t("saveDraft")}
        </Button>
        <Button variant="primary" type="submit" form={formId}>
          {form.startLabel}
        </Button>
      </div>
      <ConfirmDialog
        open={form.confirming}
        onOpenChange={form.setConfirming}
        title={t(form.needsApproval ? "askTitle" : form.start.mode === "at" ? "scheduleTitle" : "startTitle")}
        reach={form.reach}
        confirmLabel={form.startLabel}
        onConfirm={() => form.create(true)}
      />
    </div>
  );
}

/** State of the form, its preflight, and what its two buttons do. */
function useRolloutForm(releases: ReleaseListItem[], groups: GroupView[]) {
  const t = useTranslations("rollouts.new");
  const words = { canary: t("stages.canary"), all: t("stages.all") };
  const trpc = useTRPC();
  const router = useRouter();
  const format = useFormat();
  const say = useErrorText();
  const [chosenRelease, setReleaseId] = useQueryState("release", { defaultValue: "" });
  const [chosenGroup, setGroupId] = useQueryState("group", { defaultValue: "" });
  const releaseId = releases.some((item) => item.id === chosenRelease) ? chosenRelease : "";
  const groupId = groups.some((item) => item.id === chosenGroup) ? chosenGroup : groups.length === 1 ? (groups[0]?.id ?? "") : "";
  const [typedName, setName] = useState<string | null>(null);
  const [template, setTemplate] = useState<TemplateName | "custom">("fast");
  const [stages, setStages] = useState(() => templateStages("fast", words));
  const [gates, setGates] = useState(defaultGates);
  const [optionsDraft, setOptionsDraft] = useState(defaultOptions);
  const [optionsOpen, setOptionsOpen] = useState(false);
  const [attempts, setAttempts] = useState(0);
  const tried = attempts > 0;
  const [confirming, setConfirming] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const [start, setStart] = useState(startNow);
  const policy = useQuery(trpc.settings.rolloutPolicy.queryOptions());
  const needsApproval = policy.data?.secondPerson === true;
  const startAt = toStartAt(start, useNow());
  const sayStart = useStartText();

  const release = releases.find((item) => item.id === releaseId);
  const group = groups.find((item) => item.id === groupId);
  const suggested = release === undefined || group === undefined ? "" : t("defaultName", { release: release.name, group: group.name });
  const name = typedName ?? suggested;
  const specs = toStageSpecs(stages);
  const error = checkDraft({ name, releaseId, groupId, stages, gates });
  const options = toOptions(optionsDraft);
  const asked = { releaseId, groupId, takesExclusiveDevices: optionsDraft.takesExclusiveDevices };
  const preflight = useQuery(
    trpc.rollouts.preflight.queryOptions(
      { ...asked, stages: specs ?? [], pace: options?.pace ?? null },
      { enabled: releaseId !== "" && groupId !== "" && specs !== null, placeholderData: keepPreviousData, staleTime: 5000 },
    ),
  );
  const creating = useMutation(trpc.rollouts.create.mutationOptions());
  const create = async (begin: boolean) => {
    const plan = { name: name.trim(), releaseId, groupId, stages: specs ?? [], gates, ...(options === null ? {} : { options }) };
    const { id } = await creating.mutateAsync({ ...plan, start: begin, startAt: begin ? (startAt ?? null) : null });
    router.push(`/rollouts/${id}`);
  };
  /** Whether it can be sent. What is wrong is said from now on, also in what was shut. */
  const isReady = () => {
    setAttempts(attempts + 1);
    if (options === null) setOptionsOpen(true);
    return error === null && options !== null;
  };
  const first = preflight.data?.stages[0];
  const reachOfStart =
    preflight.data === undefined || first === undefined
      ? t("startUnknown")
      : t(needsApproval || start.mode === "at" ? "startReachThen" : "startReach", {
          first: first.newDevices,
          stage: first.name,
          total: preflight.data.deviceCount,
          bytes: format.bytes(preflight.data.downloadBytesTotal),
        });
  const hour = sayStart({ startAt: startAt?.at ?? null, timeZone: startAt?.timeZone ?? null });
  const waits = needsApproval ? t("askReach") : start.mode === "at" ? t("scheduleReach") : "";
  return {
    start,
    setStart,
    startAt,
    needsApproval,
    startLabel: t(needsApproval ? "ask" : start.mode === "at" ? "schedule" : "start"),
    reach: waits === "" ? reachOfStart : `${waits} ${hour} ${reachOfStart}`,
    releaseId,
    groupId,
    asked,
    name,
    stages,
    template,
    gates,
    optionFields: {
      options: optionsDraft,
      onChange: setOptionsDraft,
      errors: tried ? checkOptions(optionsDraft) : {},
      attempts,
      open: optionsOpen,
      onOpenChange: setOptionsOpen,
    },
    tried,
    error,
    specs,
    preflight,
    say,
    confirming,
    failure,
    setName,
    setGates,
    setConfirming,
    create,
    saving: creating.isPending && !confirming,
    setReleaseId: (id: string) => void setReleaseId(id === "" ? null : id),
    setGroupId: (id: string) => void setGroupId(id === "" ? null : id),
    setStages: (next: typeof stages) => {
      setStages(next);
      setTemplate("custom");
    },
    chooseTemplate: (next: TemplateName) => {
      setTemplate(next);
      setStages(templateStages(next, words));
    },
    askToStart: () => {
      if (isReady() && startAt !== undefined) setConfirming(true);
    },
    saveDraft: () => {
      setFailure(null);
      if (!isReady()) return;
      create(false).catch((problem: unknown) => {
        setFailure(say(problem));
        toast.error(say(problem));
      });
    },
  };
}

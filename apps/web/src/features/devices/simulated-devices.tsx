"use client";
import type { DemoFleetView } from "@flotilla/contracts/views";
import { Button, ConfirmDialog, Notice, type StateKind, toast, useNow } from "@flotilla/ui";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Bot } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { useTRPC } from "../../trpc/client.tsx";
import { useSession } from "../shell/session.tsx";
import { useErrorText } from "../shell/use-reason-text.ts";

const FLEET = 5;

/** What this installation simulates, and how to ask for more or for none. `offered` only to whoever may. */
export function useSimulatedDevices() {
  const trpc = useTRPC();
  const session = useSession();
  const queryClient = useQueryClient();
  const fleet = useQuery(trpc.demo.get.queryOptions(undefined, { enabled: session.can("demo:read") }));
  const set = useMutation(
    trpc.demo.set.mutationOptions({
      onSettled: () =>
        Promise.all([queryClient.invalidateQueries(trpc.demo.pathFilter()), queryClient.invalidateQueries(trpc.devices.pathFilter())]),
    }),
  );
  return {
    fleet: fleet.data,
    offered: fleet.data?.offered === true && fleet.data.wanted === 0 && session.can("demo:write"),
    pending: set.isPending,
    add: () => set.mutateAsync({ wanted: FLEET }),
    remove: () => set.mutateAsync({ wanted: 0 }),
  };
}

/** "Simulate five": nothing where this installation cannot, or already does. */
export function SimulateButton({ onStarted }: { onStarted?: () => void }) {
  const t = useTranslations("devices.simulated");
  const say = useErrorText();
  const { offered, pending, add } = useSimulatedDevices();
  if (!offered) return null;
  const start = async () => {
    try {
      await add();
      toast.success(t("started", { count: FLEET }));
      onStarted?.();
    } catch (error) {
      toast.error(say(error));
    }
  };
  return (
    <Button icon={<Bot size={14} aria-hidden />} pending={pending} onClick={() => void start()}>
      {t("add", { count: FLEET })}
    </Button>
  );
}

type FleetState = "none" | "coming" | "here" | "leaving" | "problem";
const KINDS: Record<Exclude<FleetState, "none">, StateKind> = { coming: "busy", here: "off", leaving: "busy", problem: "bad" };
const LEAVING_MS = 60_000;

/** Where a removal was long ago, what is left with the tag is somebody's own. */
function stateOf({ wanted, joined, problem, changedAt }: DemoFleetView, now: Date): FleetState {
  if (problem !== null) return "problem";
  if (wanted > 0) return joined < wanted ? "coming" : "here";
  return joined > 0 && changedAt !== null && now.getTime() - changedAt.getTime() < LEAVING_MS ? "leaving" : "none";
}

/** Says that some devices are simulated, how many have come, and takes them away again. Nothing while none is. */
export function SimulatedNotice() {
  const t = useTranslations("devices.simulated");
  const session = useSession();
  const { fleet, remove } = useSimulatedDevices();
  const [asking, setAsking] = useState(false);
  const now = useNow();
  if (fleet === undefined) return null;
  const state = stateOf(fleet, now);
  if (state === "none") return null;
  return (
    <>
      <Notice
        className="mb-3"
        kind={KINDS[state]}
        title={state === "problem" ? t("problem") : undefined}
        action={
          state !== "leaving" &&
          session.can("demo:write") && (
            <Button size="sm" variant="danger-outline" onClick={() => setAsking(true)}>
              {t("remove")}
            </Button>
          )
        }
      >
        <output>{state === "problem" ? fleet.problem : t(state, { joined: fleet.joined, wanted: fleet.wanted })}</output>
      </Notice>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        danger
        title={t("removeTitle", { count: fleet.wanted })}
        reach={t("removeReach", { count: fleet.wanted })}
        confirmLabel={t("removeConfirm")}
        onConfirm={async () => {
          await remove();
          toast.success(t("removed"));
        }}
      />
    </>
  );
}

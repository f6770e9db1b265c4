"use client";
import type { ErrorView } from "@flotilla/contracts/views";
import { Button, EmptyState, Progress } from "@flotilla/ui";
import { useSession } from "./session.tsx";
import { useReasonText } from "./use-reason-text.ts";

export interface MakingStatusProps {
  /** How far it is, 0 to 1, and what is being done; null where it could not be made. */
  progress: { value: number; step: string } | null;
  error: ErrorView | null;
  words: { building: string; buildingText: string; failed: string; again: string };
  /** Makes it again. */
  again: { isPending: boolean; start: () => void };
}

/** Why something that the worker makes of a model once, when somebody looks, is not there yet: it is being made, or could not be. */
export function MakingStatus({ progress, error, words, again }: MakingStatusProps) {
  const session = useSession();
  const sayReason = useReasonText();
  if (progress !== null) {
    return (
      <EmptyState title={words.building}>
        <p className="mb-4">{words.buildingText}</p>
        <Progress value={progress.value} label={progress.step} />
      </EmptyState>
    );
  }
  return (
    <EmptyState
      title={words.failed}
      action={
        session.can("model:write") && error?.code !== "TOO_MANY_NODES" ? (
          <Button pending={again.isPending} onClick={again.start}>
            {words.again}
          </Button>
        ) : undefined
      }
    >
      {error === null ? null : sayReason(error)}
    </EmptyState>
  );
}

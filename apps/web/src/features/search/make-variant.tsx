"use client";
import type { SearchCandidate } from "@flotilla/contracts";
import type { ModelVersionView, SearchView } from "@flotilla/contracts/views";
import { Button, toast } from "@flotilla/ui";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useTRPC } from "../../trpc/client.tsx";
import { useSession } from "../shell/session.tsx";
import { useErrorText } from "../shell/use-reason-text.ts";

export interface MakeVariantProps {
  candidate: SearchCandidate;
  /** In words. */
  name: string;
  search: SearchView;
  version: ModelVersionView;
}

/** Makes a candidate a variant: its recipe, on the same data, against the same gates. */
export function MakeVariant({ candidate, name, search, version }: MakeVariantProps) {
  const t = useTranslations("search.table");
  const trpc = useTRPC();
  const client = useQueryClient();
  const session = useSession();
  const say = useErrorText();
  const make = useMutation(
    trpc.jobs.optimise.mutationOptions({
      onSuccess: async () => {
        toast.success(t("making", { name }));
        await client.invalidateQueries(trpc.jobs.list.pathFilter());
      },
      onError: (error) => {
        toast.error(say(error));
      },
    }),
  );
  if (!session.can("job:write")) return null;
  // By the recipe, not by its name: the same one makes the same bytes.
  const isMade = version.variants.some(({ recipe }) => JSON.stringify(recipe) === JSON.stringify(candidate.recipe));
  if (isMade) return <span className="text-muted text-xs">{t("made")}</span>;
  return (
    <Button
      size="sm"
      pending={make.isPending}
      aria-label={t("makeNamed", { name })}
      onClick={() =>
        make.mutate({
          modelVersionId: version.id,
          recipes: [candidate.recipe],
          calibrationDataSetId: search.calibrationDataSetId,
          testDataSetId: search.testDataSetId,
          gates: search.gates,
        })
      }
    >
      {t("make")}
    </Button>
  );
}

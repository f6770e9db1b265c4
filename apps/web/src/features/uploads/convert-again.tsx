"use client";
import type { ConversionOptions } from "@flotilla/contracts";
import { Button, toast } from "@flotilla/ui";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useTRPC } from "../../trpc/client.tsx";
import { useErrorText } from "../shell/use-reason-text.ts";
import { useUploads } from "./uploads-provider.tsx";

/** Converts the uploaded file of a version once more, with its channels in the other order. */
export function ConvertAgain({ versionId, options }: { versionId: string; options: ConversionOptions }) {
  const t = useTranslations("uploads.conversion.again");
  const say = useErrorText();
  const trpc = useTRPC();
  const client = useQueryClient();
  const { follow } = useUploads();
  const layout = options.layout === "nhwc" ? "nchw" : "nhwc";
  const mutation = useMutation(
    trpc.models.convertAgain.mutationOptions({
      onSuccess: async ({ uploadId }) => {
        follow(uploadId);
        toast.success(t("started"));
        await client.invalidateQueries(trpc.uploads.pathFilter());
      },
      onError: (error) => toast.error(say(error)),
    }),
  );
  return (
    <>
      <Button pending={mutation.isPending} onClick={() => mutation.mutate({ versionId, options: { layout } })}>
        {t(layout)}
      </Button>
      <span className="text-muted text-xs">{t("hint")}</span>
    </>
  );
}

"use client";
import type { ConvertedFile, ModelVersionView } from "@flotilla/contracts/views";
import { Button, buttonClass, Card, toast } from "@flotilla/ui";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "next-intl";
import { useTRPC } from "../../trpc/client.tsx";
import { useErrorText } from "../shell/use-reason-text.ts";
import { useSession } from "../shell/session.tsx";
import { ConversionReport } from "../uploads/conversion-report.tsx";
import { useUploads } from "../uploads/uploads-provider.tsx";

/** How the uploaded file became the version's ONNX file; the file itself, and its conversion in the other order of channels. */
export function ConversionCard({ version, converted }: { version: ModelVersionView; converted: ConvertedFile }) {
  const t = useTranslations("uploads.conversion");
  const session = useSession();
  return (
    <Card title={t("title")} className="lg:col-span-2">
      <ConversionReport conversion={converted.conversion} />
      <div className="mt-4 flex flex-wrap items-center gap-2">
        <a href={`/api/model-versions/${version.id}/uploaded-file`} download={version.fileName} className={buttonClass()}>
          {t("download")}
        </a>
        {session.can("model:write") ? <ConvertAgain version={version} converted={converted} /> : null}
      </div>
    </Card>
  );
}

function ConvertAgain({ version, converted }: { version: ModelVersionView; converted: ConvertedFile }) {
  const t = useTranslations("uploads.conversion.again");
  const say = useErrorText();
  const trpc = useTRPC();
  const client = useQueryClient();
  const { follow } = useUploads();
  const layout = converted.conversion.options.layout === "nhwc" ? "nchw" : "nhwc";
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
      <Button pending={mutation.isPending} onClick={() => mutation.mutate({ versionId: version.id, options: { layout } })}>
        {t(layout)}
      </Button>
      <span className="text-muted text-xs">{t("hint")}</span>
    </>
  );
}

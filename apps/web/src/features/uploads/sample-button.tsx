"use client";
import type { RouterInputs } from "@flotilla/api";
import { Button, Menu, MenuItem, toast } from "@flotilla/ui";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTRPC } from "../../trpc/client.tsx";
import { useErrorText } from "../shell/use-reason-text.ts";
import { useUploads } from "./uploads-provider.tsx";

export interface SampleButtonProps {
  label: string;
  /** One is taken at once; of several, one is chosen by its words. */
  samples: readonly { sample: RouterInputs["uploads"]["useSample"]["sample"]; label: string }[];
}

/** Brings in a file that ships with Flotilla: a way to look around without one of your own. */
export function SampleButton({ label, samples }: SampleButtonProps) {
  const say = useErrorText();
  const trpc = useTRPC();
  const client = useQueryClient();
  const { follow } = useUploads();
  const mutation = useMutation(
    // A procedure whose name begins like a hook.
    // oxlint-disable-next-line react/hooks
    trpc.uploads.useSample.mutationOptions({
      onSuccess: async ({ uploadId }) => {
        follow(uploadId);
        await client.invalidateQueries(trpc.uploads.pathFilter());
      },
      onError: (error) => toast.error(say(error)),
    }),
  );
  const [only, ...more] = samples;
  if (only !== undefined && more.length === 0)
    return (
      <Button pending={mutation.isPending} onClick={() => mutation.mutate({ sample: only.sample })}>
        {label}
      </Button>
    );
  return (
    <Menu trigger={<Button pending={mutation.isPending}>{label}</Button>}>
      {samples.map(({ sample, label: words }) => (
        <MenuItem key={sample} onSelect={() => mutation.mutate({ sample })}>
          {words}
        </MenuItem>
      ))}
    </Menu>
  );
}

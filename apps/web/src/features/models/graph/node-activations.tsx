"use client";
import type { Activations } from "@flotilla/contracts";
import { useTranslations } from "next-intl";
import { useMemo } from "react";
import { ActivationHistogram } from "../activation-histogram.tsx";

/** The range of what a node writes, as calibration saw it; nothing where it was not observed. */
export function NodeActivations({ activations, name }: { activations: Activations; name: string }) {
  const t = useTranslations("graph.details");
  const seen = useMemo(() => {
    if (name === "") return undefined;
    const { tensors } = activations;
    // A node of which the activation was absorbed writes the tensor that the activation wrote.
    return (
      tensors.find(({ nodes }) => nodes[0] === name) ??
      tensors.find(({ nodes }) => nodes.includes(name)) ??
      tensors.find(({ nodes, tensor }) => nodes.length === 0 && tensor === name)
    );
  }, [activations, name]);
  if (seen === undefined) return null;
  return <ActivationHistogram seen={seen} observer={activations.observer} sampleCount={activations.sampleCount} title={t("activations")} />;
}

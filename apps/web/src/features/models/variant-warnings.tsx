"use client";
import type { Statement } from "@flotilla/contracts";
import { Notice } from "@flotilla/ui";
import { useTranslations } from "next-intl";

/** What the optimiser says of a variant, in the page's language; of a code that is not known, the English sentence that came with it. */
export function VariantWarnings({ warnings }: { warnings: readonly Statement[] }) {
  const say = useWarningText();
  if (warnings.length === 0) return null;
  return (
    <Notice kind="warn">
      <ul className="flex list-none flex-col gap-1 p-0" data-testid="variant-warnings">
        {warnings.map((warning) => (
          <li key={`${warning.code} ${warning.sentence}`}>{say(warning)}</li>
        ))}
      </ul>
    </Notice>
  );
}

function useWarningText(): (warning: Statement) => string {
  const t = useTranslations("models.warnings");
  return ({ code, params, sentence }) => {
    const count = Number(params["count"]);
    if (code === "FLOAT_LAYERS") return t(code, { count, layers: String(params["layers"]), why: String(params["why"]) });
    if (code === "EXPORT_FLOAT_NODES") return t(code, { count, nodes: String(params["nodes"]) });
    if (code === "EXPORT_NOT_MEASURABLE") return t(code, { why: String(params["why"]) });
    if (code === "CONVOLUTIONS_STAY_FLOAT") return t(code, { count });
    if (code === "MAY_SATURATE" || code === "NO_INTEGER_KERNELS") return t(code);
    return sentence;
  };
}

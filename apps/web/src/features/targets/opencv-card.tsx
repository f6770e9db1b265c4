"use client";
import type { OpencvFinding, OpencvReport } from "@flotilla/contracts/targets";
import { AppLink, Card, Notice, useFormat } from "@flotilla/ui";
import { useTranslations } from "next-intl";

const NODES_SHOWN = 8;

export interface OpencvCardProps {
  /** null: the variant is no ONNX file. */
  opencv: OpencvReport | null;
  /** Address of the graph with a node selected. */
  nodeHref: (name: string) => string;
}

/** What OpenCV's reader does not take of a model, where that stands in the graph, and what to do. */
export function OpencvCard({ opencv, nodeHref }: OpencvCardProps) {
  const t = useTranslations("targets.opencv");
  return (
    <Card title={t("title")} data-report="opencv">
      {opencv === null ? (
        <p className="text-muted">{t("notOnnx")}</p>
      ) : opencv.findings.length === 0 ? (
        <Notice kind="ok">{t("fine", { version: opencv.readFrom ?? "" })}</Notice>
      ) : (
        <div className="flex flex-col gap-3">
          <Notice kind={opencv.readFrom === null ? "bad" : "warn"} live={false}>
            {opencv.readFrom === null ? t("never") : t("newer", { version: opencv.readFrom })}
          </Notice>
          <ul className="flex flex-col gap-3">
            {opencv.findings.map((finding) => (
              <li key={JSON.stringify(finding)} data-finding={finding.code}>
                <Finding finding={finding} nodeHref={nodeHref} />
              </li>
            ))}
          </ul>
        </div>
      )}
    </Card>
  );
}

function Finding({ finding, nodeHref }: { finding: OpencvFinding; nodeHref: OpencvCardProps["nodeHref"] }) {
  const t = useTranslations("targets.opencv");
  const say = useFindingText();
  const [what, advice] = say(finding);
  const nodes = "nodes" in finding ? finding.nodes : [];
  return (
    <>
      <p>
        {what} <span className="text-muted">{advice}</span>
      </p>
      {nodes.length === 0 ? null : (
        <p className="flex flex-wrap gap-x-3 gap-y-1 font-mono text-xs leading-6">
          {nodes.slice(0, NODES_SHOWN).map((name) => (
            <AppLink key={name} href={nodeHref(name)} className="break-all text-link">
              {name}
            </AppLink>
          ))}
          {nodes.length > NODES_SHOWN ? (
            <span className="font-sans text-muted">{t("moreNodes", { count: nodes.length - NODES_SHOWN })}</span>
          ) : null}
        </p>
      )}
    </>
  );
}

/** What is wrong, and what to do. */
function useFindingText(): (finding: OpencvFinding) => [string, string] {
  const t = useTranslations("targets.opencv");
  const format = useFormat();
  // oxlint-disable-next-line typescript/consistent-return -- the switch is exhaustive
  return (finding) => {
    switch (finding.code) {
      case "OPERATOR_MISSING":
        return [t("findings.OPERATOR_MISSING", { operator: finding.operator }), t("advice.OPERATOR_MISSING")];
      case "NEWER_FORM": {
        const { lowerable, operators, opset, highest } = finding;
        return lowerable
          ? [t("findings.NEWER_FORM", { operators: format.list(operators), opset, highest }), t("advice.NEWER_FORM", { highest })]
          : [t("findings.NEWER_FORM_ONLY", { opset, highest }), t("advice.NEWER_FORM_ONLY")];
      }
      case "DYNAMIC_SHAPE":
        return [t("findings.DYNAMIC_SHAPE", { input: finding.input }), t("advice.DYNAMIC_SHAPE")];
      case "MODEL_FUNCTIONS":
        return [t("findings.MODEL_FUNCTIONS"), t("advice.MODEL_FUNCTIONS")];
      case "INTEGER_WEIGHTS":
        return [t("findings.INTEGER_WEIGHTS", { count: finding.count, since: finding.since }), t("advice.INTEGER_WEIGHTS")];
      case "AXES_AS_INPUT":
        return [t("findings.AXES_AS_INPUT", { operator: finding.operator, since: finding.since }), t("advice.AXES_AS_INPUT")];
    }
  };
}

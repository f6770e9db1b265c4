"use client";
import type { FileTensor } from "@flotilla/contracts";
import type { VariantView } from "@flotilla/contracts/views";
import { buttonClass, Card, Table, Td, Th, Tr, useFormat } from "@flotilla/ui";
import { useTranslations } from "next-intl";

/** A variant's file to take away and, where its inputs and outputs are not the model's own, what an application has to feed it with. */
export function VariantFile({ variant }: { variant: VariantView }) {
  const t = useTranslations("models.variantFile");
  const tFormats = useTranslations("models.variantFormats");
  const format = useFormat();
  const { tensors } = variant;
  return (
    <Card title={t("title")} data-testid="variant-file">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <a href={`/api/variants/${variant.id}/file`} download className={buttonClass()}>
          {t("download", { format: tFormats(variant.format), size: format.bytes(variant.sizeBytes) })}
        </a>
        {variant.format === "onnx" ? null : <p className="text-muted">{t(`about.${variant.format}`)}</p>}
      </div>
      {tensors === null ? null : (
        <Table label={t("tensors")} className="mt-4">
          <thead>
            <tr>
              <Th>{t("name")}</Th>
              <Th>{t("type")}</Th>
              <Th>{t("shape")}</Th>
              <Th>{t("numbers")}</Th>
            </tr>
          </thead>
          <tbody>
            {tensors.inputs.map((tensor) => (
              <TensorRow key={`input ${tensor.name}`} tensor={tensor} label={t("input", { name: tensor.name })} />
            ))}
            {tensors.outputs.map((tensor) => (
              <TensorRow key={`output ${tensor.name}`} tensor={tensor} label={t("output", { name: tensor.name })} />
            ))}
          </tbody>
        </Table>
      )}
    </Card>
  );
}

const DIGITS = 6;

/** `value + 128` for a zero point of -128. */
function shifted(zeroPoint: number, value: string): string {
  if (zeroPoint === 0) return value;
  return zeroPoint < 0 ? `(${value} + ${-zeroPoint})` : `(${value} − ${zeroPoint})`;
}

function TensorRow({ tensor, label }: { tensor: FileTensor; label: string }) {
  const t = useTranslations("models.variantFile");
  const { shape, type, perm, scale, zeroPoint } = tensor;
  const moved = perm.some((axis, place) => axis !== place);
  return (
    <Tr>
      <Td>{label}</Td>
      <Td>{type}</Td>
      <Td>
        {shape.join(" × ")}
        {moved ? <span className="block text-muted text-xs">{t("moved", { axes: perm.join(", ") })}</span> : null}
      </Td>
      <Td>
        {scale === null
          ? t("asTheyAre")
          : t("scaled", { scale: String(Number(scale.toPrecision(DIGITS))), value: shifted(zeroPoint ?? 0, t("value")) })}
      </Td>
    </Tr>
  );
}

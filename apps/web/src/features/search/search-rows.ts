import type { LayerSensitivityRow, SearchFindings } from "@flotilla/contracts";
import type { CsvCell } from "../shell/to-csv.ts";

export const CANDIDATE_HEADER = ["number", "name", "sizeBytes", "latencyMs", "speedup", "score", "samples", "sqnrDb", "meets", "failure"];

/** Candidates as lines of a file, the original first. Raw numbers: a file is read by programs. */
export function candidateRows({ source, candidates }: SearchFindings): CsvCell[][] {
  return [
    [0, "original", source.sizeBytes, source.latencyMs, 1, source.score, null, null, null, null],
    ...candidates.map(({ name, measured, meets, failure }, index): CsvCell[] => [
      index + 1,
      name,
      measured?.sizeBytes ?? null,
      measured?.latencyMs ?? null,
      measured?.speedup ?? null,
      measured?.score ?? null,
      measured?.samples ?? null,
      measured?.sqnrDb ?? null,
      meets,
      failure,
    ]),
  ];
}

/** A layer, its rank and its part of all the noise. */
export interface RankedLayer extends LayerSensitivityRow {
  /** 0…1; 0 where nothing makes noise. */
  share: number;
  inFloat: boolean;
}

/** Layers, the noisiest first. */
export function rankLayers(rows: readonly LayerSensitivityRow[], floatLayers: readonly string[]): RankedLayer[] {
  const total = rows.reduce((sum, { outputNoise }) => sum + outputNoise, 0);
  return rows
    .toSorted((a, b) => b.outputNoise - a.outputNoise)
    .map((row) => ({ ...row, share: total === 0 ? 0 : row.outputNoise / total, inFloat: floatLayers.includes(row.layer) }));
}

export const LAYER_HEADER = ["layer", "operator", "parameters", "outputNoise", "noiseShare", "outputSqnrDb", "layerSqnrDb", "inFloat"];

export function layerRows(layers: readonly RankedLayer[]): CsvCell[][] {
  return layers.map((row) => [
    row.layer,
    row.opType,
    row.parameters,
    row.outputNoise,
    row.share,
    row.outputSqnrDb,
    row.layerSqnrDb,
    row.inFloat,
  ]);
}

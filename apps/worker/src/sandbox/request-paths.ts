import type { DataSetFiles, RequestKind, RequestOf } from "./protocol.ts";

type MapPath = (path: string) => string;

/** The same request with every file that it reads under another path. What a child writes are names in its own directory. */
const MAPPERS: { [K in RequestKind]: (request: RequestOf<K>, map: MapPath) => RequestOf<K> } = {
  "inspect-model": (request, map) => ({ ...request, path: map(request.path) }),
  "check-conversion": (request, map) => ({
    ...request,
    uploadedPath: map(request.uploadedPath),
    onnxPath: map(request.onnxPath),
  }),
  "check-samples": (request, map) => ({
    ...request,
    samplesPath: map(request.samplesPath),
    uploadedPath: map(request.uploadedPath),
    onnxPath: map(request.onnxPath),
  }),
  "inspect-data-set": (request, map) => ({ ...request, path: map(request.path) }),
  "build-variant": (request, map) => ({
    ...request,
    modelPath: map(request.modelPath),
    calibration: request.calibration === null ? null : mapDataSet(request.calibration, map),
  }),
  predict: (request, map) => ({ ...request, modelPath: map(request.modelPath), data: mapDataSet(request.data, map) }),
  compare: (request, map) => ({
    ...request,
    outputs: request.outputs.map((output) => ({
      ...output,
      source: map(output.source),
      variant: output.variant === null ? null : map(output.variant),
    })),
    labelsPath: request.labelsPath === null ? null : map(request.labelsPath),
  }),
  "measure-latency": (request, map) => ({
    ...request,
    sourcePath: map(request.sourcePath),
    variantPath: map(request.variantPath),
    data: mapDataSet(request.data, map),
  }),
  "profile-placement": (request, map) => ({
    ...request,
    sourcePath: map(request.sourcePath),
    variantPath: map(request.variantPath),
    data: mapDataSet(request.data, map),
  }),
  search: (request, map) => ({
    ...request,
    modelPath: map(request.modelPath),
    calibration: mapDataSet(request.calibration, map),
    steering: mapDataSet(request.steering, map),
  }),
  "export-model": (request, map) => ({ ...request, modelPath: map(request.modelPath) }),
  "draw-graph": (request, map) => ({ ...request, modelPath: map(request.modelPath) }),
  "report-targets": (request, map) => ({
    ...request,
    modelPath: map(request.modelPath),
    tflitePath: request.tflitePath === null ? null : map(request.tflitePath),
  }),
  "golden-set": (request, map) => ({ ...request, modelPath: map(request.modelPath), data: mapDataSet(request.data, map) }),
};

function mapDataSet(data: DataSetFiles, map: MapPath): DataSetFiles {
  return { ...data, path: map(data.path), labelsPath: data.labelsPath === null ? null : map(data.labelsPath) };
}

export function mapRequestPaths<K extends RequestKind>(kind: K, request: RequestOf<K>, map: MapPath): RequestOf<K> {
  return MAPPERS[kind](request, map);
}

/** The files that a request reads. */
export function pathsOf<K extends RequestKind>(kind: K, request: RequestOf<K>): string[] {
  const paths = new Set<string>();
  mapRequestPaths(kind, request, (path) => {
    paths.add(path);
    return path;
  });
  return [...paths];
}

/** Requests that run model code, and so load the runtime's native addon. The others may load none. */
export const RUNS_MODELS: Record<RequestKind, boolean> = {
  "inspect-model": true,
  "check-conversion": true,
  "check-samples": true,
  "inspect-data-set": false,
  "build-variant": true,
  predict: true,
  compare: false,
  "measure-latency": true,
  "profile-placement": true,
  search: true,
  "export-model": true,
  "draw-graph": true,
  "report-targets": false,
  "golden-set": true,
};

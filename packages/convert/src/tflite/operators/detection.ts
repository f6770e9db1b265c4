import { DataType, tensorFromNumbers } from "@flotilla/onnx";
import { FlatbufferError } from "../../flatbuffer/errors.ts";
import { readFlexbufferMap } from "../../flexbuffer/read-flexbuffer-map.ts";
import type { Emitter } from "../emitter.ts";
import type { OperatorView } from "../operator-view.ts";
import { reduce } from "./reduction.ts";
import type { OperatorRule, Rules } from "../rule.ts";
import { refusal } from "../../reasons.ts";

interface DetectionOptions {
  readonly maxDetections: number;
  readonly classesPerDetection: number;
  readonly detectionsPerClass: number;
  readonly byClass: boolean;
  readonly scoreThreshold: number;
  readonly iouThreshold: number;
  readonly classes: number;
  /** Of y, x, height and width. */
  readonly scales: readonly number[];
}

function readOptions(view: OperatorView): DetectionOptions {
  const options = readFlexbufferMap(view.operator.customOptions);
  const get = (name: string, fallback: number): number => options.get(name) ?? fallback;
  return {
    maxDetections: get("max_detections", 0),
    classesPerDetection: get("max_classes_per_detection", 1),
    detectionsPerClass: get("detections_per_class", 100),
    byClass: get("use_regular_nms", 0) !== 0,
    scoreThreshold: get("nms_score_threshold", 0),
    iouThreshold: get("nms_iou_threshold", 0.5),
    classes: get("num_classes", 0),
    scales: [get("y_scale", 1), get("x_scale", 1), get("h_scale", 1), get("w_scale", 1)],
  };
}

/** What was found, best first, any number of it. */
interface Found {
  readonly boxes: string;
  /** Floats, as TFLite gives them. */
  readonly classes: string;
  readonly scores: string;
  readonly count: string;
}

const columns = (e: Emitter, value: string, from: number, to: number): string =>
  e.b.op("Slice", [value, e.b.ints([from]), e.b.ints([to]), e.b.ints([1])]);

/** Corners [boxes, 4] (y, x, y, x) of boxes that are coded by centre and size, relative to anchors. */
function decode(e: Emitter, { scales }: DetectionOptions): string {
  const coded = e.b.op("Reshape", [e.real(0), e.b.ints([-1, 4])]);
  const anchors = e.real(2);
  const [places, sizes] = [columns(e, anchors, 0, 2), columns(e, anchors, 2, 4)];
  const [y = 1, x = 1, height = 1, width = 1] = scales;
  const centre = e.b.op("Add", [e.b.op("Mul", [e.b.op("Div", [columns(e, coded, 0, 2), e.b.floats([y, x])]), sizes]), places]);
  const grown = e.b.op("Mul", [e.b.op("Exp", [e.b.op("Div", [columns(e, coded, 2, 4), e.b.floats([height, width])])]), sizes]);
  const half = e.b.op("Mul", [grown, e.b.floats(0.5)]);
  return e.b.op("Concat", [e.b.op("Sub", [centre, half]), e.b.op("Add", [centre, half])], { axis: 1n });
}

/** Indices [found, 3]: sample, class, box. TFLite keeps a score that equals the threshold, ONNX does not. */
function suppress(e: Emitter, boxes: string, scores: string, most: number, { iouThreshold, scoreThreshold }: DetectionOptions): string {
  const threshold = Math.fround(scoreThreshold - Math.abs(scoreThreshold) * 2 ** -23);
  const whole = e.b.op("Unsqueeze", [boxes, e.b.ints([0])]);
  return e.b.op("NonMaxSuppression", [whole, scores, e.b.ints([most]), e.b.floats([iouThreshold]), e.b.floats([threshold])]);
}

const column = (e: Emitter, indices: string, index: number): string => e.b.op("Gather", [indices, e.b.int(index)], { axis: 1n });

/** Each box once, by its best class; then its next best classes as detections of their own. */
function findBoxes(e: Emitter, boxes: string, scores: string, options: DetectionOptions): Found {
  const best = reduce(e, "ReduceMax", scores, [1], false);
  const picked = suppress(e, boxes, e.b.op("Reshape", [best, e.b.ints([1, 1, -1])]), options.maxDetections, options);
  const rows = column(e, picked, 2);
  const places = Math.min(options.classesPerDetection, options.classes);
  const [values = "", classes = ""] = e.b.nodeOf("TopK", [e.b.op("Gather", [scores, rows], { axis: 0n }), e.b.ints([places])], 2, {
    axis: 1n,
  });
  const flat = (value: string): string => e.b.op("Reshape", [value, e.b.ints([-1])]);
  const repeated = e.b.op("Tile", [e.b.op("Gather", [boxes, rows], { axis: 0n }), e.b.ints([1, places])]);
  return {
    boxes: e.b.op("Reshape", [repeated, e.b.ints([-1, 4])]),
    classes: e.cast(flat(classes), DataType.FLOAT),
    scores: flat(values),
    count: e.cast(e.b.op("Shape", [rows]), DataType.FLOAT),
  };
}

/** Boxes of each class by themselves, then the best of all of them. */
function findByClass(e: Emitter, boxes: string, scores: string, options: DetectionOptions): Found {
  const turned = e.b.op("Transpose", [scores], { perm: [1n, 0n] });
  const picked = suppress(e, boxes, e.b.op("Unsqueeze", [turned, e.b.ints([0])]), options.detectionsPerClass, options);
  const found = e.b.op("GatherND", [turned, columns(e, picked, 1, 3)]);
  const most = e.b.op("Min", [e.b.op("Shape", [found]), e.b.ints([options.maxDetections])]);
  const [values = "", order = ""] = e.b.nodeOf("TopK", [found, most], 2, { axis: 0n });
  const ordered = e.b.op("Gather", [picked, order], { axis: 0n });
  return {
    boxes: e.b.op("Gather", [boxes, column(e, ordered, 2)], { axis: 0n }),
    classes: e.cast(column(e, ordered, 1), DataType.FLOAT),
    scores: values,
    count: e.cast(most, DataType.FLOAT),
  };
}

/** Exactly `places` rows: zeros stand where nothing was found. */
function fill(e: Emitter, value: string, places: number, width: number | null): string {
  const dims = width === null ? [places] : [places, width];
  const zeros = e.b.constant(tensorFromNumbers(DataType.FLOAT, dims, new Float32Array(places * (width ?? 1))));
  const rows = e.b.op("Slice", [e.b.op("Concat", [value, zeros], { axis: 0n }), e.b.ints([0]), e.b.ints([places]), e.b.ints([0])]);
  return e.b.op("Unsqueeze", [rows, e.b.ints([0])]);
}

/**
 * TFLite_Detection_PostProcess: coded boxes [1, boxes, 4], scores [1, boxes, classes] with or without a first column for "nothing", anchors [boxes, 4];
 * gives boxes, classes, scores and their number. One sample.
 * Source: TFLite's kernels/detection_postprocess.cc
 */
const detectionPostProcess: OperatorRule = {
  limits: "Of equal scores another box may come first.",
  refuse: (view) => {
    try {
      const { maxDetections, classes } = readOptions(view);
      const columnsGiven = view.need(1).shape.at(-1) ?? 0;
      if (view.need(0).shape[0] !== 1) return refusal("SEVERAL_SAMPLES");
      return maxDetections > 0 && classes > 0 && columnsGiven >= classes
        ? null
        : refusal("DETECTION_COUNTS", { things: maxDetections, classes, columns: columnsGiven });
    } catch (error) {
      if (error instanceof FlatbufferError) return refusal("BROKEN_OPTIONS", { sentence: error.message });
      throw error;
    }
  },
  convert: (e) => {
    const options = readOptions(e);
    const all = e.need(1).shape.at(-1) ?? options.classes;
    const boxes = decode(e, options);
    const scores = columns(e, e.b.op("Reshape", [e.real(1), e.b.ints([-1, all])]), all - options.classes, all);
    const found = options.byClass ? findByClass(e, boxes, scores, options) : findBoxes(e, boxes, scores, options);
    const places = options.maxDetections * (options.byClass ? 1 : Math.min(options.classesPerDetection, options.classes));
    e.setReal(0, fill(e, found.boxes, places, 4));
    e.setReal(1, fill(e, found.classes, places, null));
    e.setReal(2, fill(e, found.scores, places, null));
    e.setReal(3, found.count);
  },
};

export const detectionRules: Rules = { "custom:TFLite_Detection_PostProcess": detectionPostProcess };

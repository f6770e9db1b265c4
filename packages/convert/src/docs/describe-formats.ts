import { TARGET_PROFILES } from "@flotilla/contracts/profiles";
import { EDGE_TPU_OPERATORS } from "../edge-tpu/operator-rules.ts";
import { ACTIVATIONS } from "../keras/emit/activation.ts";
import { LAYER_KINDS } from "../keras/layers/registry.ts";
import { TFLITE_OPERATORS } from "../tflite/registry.ts";
import { LOWERINGS } from "../write-tflite/lower/lower-model.ts";
import { WRITE_RULES } from "../write-tflite/registry.ts";

const PROSE = `# Formats

What Flotilla reads and writes, with every layer and operator. The tables are made from the code's own (\`pnpm --filter @flotilla/convert write-formats\`);
a test holds this page to them. Nothing of a foreign file is executed; whatever cannot be converted is listed at once, with names and what to do, before anything is
written. What is read can be dropped into the dashboard. ORT and TFLite files are written by a recipe's last pass, \`export\` (*Format* in the Optimise dialog), and by a search
for a kind of device that runs TFLite: the variant is that file, measured by its own runtime (TFLite's in WebAssembly, so its times are not a device's), downloaded with its
ending, and given to devices whose agent says that it loads the format: ONNX and ORT for now. Their graphs are not drawn, and which kernels ran is not known. The dialog's *Operator
set* is the recipe's pass \`opset\`: ONNX and ORT files of an older or newer set.
Seconds, memory, errors and nodes of conversions, beside tf2onnx and onnxsim: [convert-bench.md](convert-bench.md).

| format | read | written |
| --- | --- | --- |
| ONNX | operator sets 6 to 21 | operator sets 7 to 21, up and down as far as older sets can say the same |
| Keras \`.h5\` (1 to 3), \`.keras\`, tfjs layers | as ONNX, names kept | |
| TFLite | fp32, fp16, int8 (as QuantizeLinear and DequantizeLinear with the file's scales), dynamic range | fp32, fp16, int8 with integer inputs and outputs |
| ORT | | by onnxruntime itself, level \`extended\`: what is above belongs to the machine that wrote it, and is not done when the file is loaded, so float convolutions can be slower on x86 than from ONNX |
| Edge TPU | | the int8 TFLite file that \`edgetpu_compiler\` takes, and a report of what it will map |

## How what is read is proved

Each conversion is compared with its reference, output by output: a TFLite file with itself in TensorFlow Lite's own runtime, Keras with the same layers in TensorFlow.js
where that has them all. Where neither can run the file, a person's own inputs and outputs are the reference: a \`.npz\` with an array for each input and output under the
model's own names (\`input\` and \`output\` will do where there is one of each), or its \`.npy\` files together. The first axis of each counts samples, of which the first 256
are run; arrays are as the model was trained, channels last, whatever order was chosen for the conversion. Floats may differ by 1e-4 of the largest output, 5e-2 with
8-bit weights between floats; integers by 16 steps, and by 2 on average. An output beyond that is a failed gate of the version's releases.

A model takes its channels as it was trained, or first, as was chosen before the file was dropped. A TensorFlow.js model is a zip of \`model.json\` and its weight files, or
these files dropped together.

## TFLite, written

Shapes are fixed: a first dimension without a size is 1, others are asked for. Images come and go channels last where the model works so, and the report says which axis
went where; a Transpose in the model costs nothing unless a reader needs its data moved. Activations are fused where TFLite fuses them. 64-bit integers become 32-bit
ones, float16 and float64 are calculated in float32; fp16 files store weights of 16 values and more in 16 bits. Operators have the lowest version that does what is asked.

int8 takes the model's QuantizeLinear and DequantizeLinear: the same scales, uint8 with zero point z as int8 with z − 128, weights with zero point 0 and a scale per
channel, biases in steps of both scales. Dense layers with several scales are convolutions of one pixel, since FULLY_CONNECTED knows only one on older runtimes and
accelerators. Kernels that cannot rescale (pools, RESHAPE, PAD, TRANSPOSE…) keep their input's scale and are followed by QUANTIZE: TFLite would run them with two
scales and give wrong numbers without an error. Nodes without an int8 kernel are calculated in float between DEQUANTIZE and QUANTIZE, and named.`;

const TFLITE_READ = `## TFLite, read

Integers come out within one step of what TFLite's kernels give, which round twice; a division of int8 follows the numbers where the kernel overflows. Dynamic range is
calculated in float: the runtime quantises activations as it goes, and is up to half a percent away from that. Sparse weights become dense, 4-bit weights stay 4-bit, buffers
may lie behind the first 2 GB. Variables, and the states of recurrent layers, begin every run as the file has them. The names of the first signature stand in the model's
metadata. Refused by name: Flex operators and custom ones that are not listed (of MediaPipe's Landmarks2TransformMatrix, TransformLandmarks and TransformTensorBilinear),
random numbers, tables of words, StableHLO, BITCAST, DILATE, variables inside loops.`;

const KERAS = `## Keras, read

| form | versions | what is read | what is not |
| --- | --- | --- | --- |
| \`.h5\`, \`.hdf5\` | Keras 1 to 3, tf.keras | \`model_config\` and \`model_weights\` | files of \`save_weights()\`; optimiser state and \`training_config\` are passed over |
| \`.keras\` | Keras 3, tf.keras 2.12 and later | \`config.json\`, \`model.weights.h5\`; float16 and bfloat16 weights, int8 weights by their scales (products then in float32) | \`.npz\` weights, \`assets/\`, weights quantised to int4, float8, by GPTQ or AWQ |
| \`config.json\` or \`model.json\` of \`to_json()\` beside the files of \`save_weights()\`, in a zip | Keras 2 and 3 | \`.h5\`, \`.weights.h5\`, shards under a \`.weights.json\` | \`.npz\` |
| TensorFlow.js layers, in a zip | 1 to 4 | \`model.json\`, weight files, 8- and 16-bit weights, labels | graph models |
| a zip around one of them | | class names out of \`labels.txt\` or \`metadata.json\` | two models in one |

HDF5 is read by our own reader: groups, text attributes, numbers of 8 to 64 bits in either order, compact, contiguous and chunked data under every kind of index, deflate, shuffle, checksums,
links and attributes in heaps (\`libver="latest"\`). Links by name, external files, virtual datasets and other compression are refused by name. Limits: JSON 64 MiB and 300 levels
deep, 20,000 layers, archives of 10,000 files and 2 GiB unpacked, each file at most 200 times its packed size.

Lambda layers, custom classes and functions that a file only names are refused. The model's name and the names of its inputs stay, outputs are called by their layers,
the first axis is \`batch\`. Pictures stay [n, h, w, c] as trained, or come as [n, c, h, w] by choice. Half precision becomes float32. \`hard_sigmoid\` means what it meant
in the version that wrote the file: 0.2x + 0.5 until Keras 2, x / 6 + 0.5 in Keras 3. Masks of Masking and Embedding reach recurrent layers, attention and averages,
whatever steps they cover. A stateful layer starts each run from zero.`;

/** The page docs/formats.md. */
export function describeFormats(): string {
  const opencv = TARGET_PROFILES.find(({ id }) => id === "opencv-dnn");
  return [
    PROSE,
    table(
      ["ONNX operators", "TFLite operators", "int8", "limits"],
      WRITE_RULES.map(({ operators, builtins, integer, limits }) => [
        list(operators),
        list([...new Set(builtins)]),
        integer ? "yes" : "in float",
        limits,
      ]),
    ),
    `Written with the operators above: ${list(LOWERINGS.flatMap(({ operators }) => operators))}. LSTM, GRU, RNN and Scan are written out step by step, up to 512: TFLite's fused LSTM keeps its state from one run to the next, which ONNX's does not.`,
    TFLITE_READ,
    table(
      ["operator", "limits"],
      Object.entries(TFLITE_OPERATORS).map(([operator, { limits }]) => [operator, limits ?? ""]),
    ),
    KERAS,
    table(
      ["classes", "becomes"],
      LAYER_KINDS.map(({ classes, about }) => [list(classes), about]),
    ),
    `Activation functions: ${list(ACTIVATIONS)}.`,
    "## Edge TPU",
    `Compiling is Google's \`edgetpu_compiler\`, for x86-64 Debian, which Flotilla does not contain; the report shows the command. It makes one partition from the inputs on; an operator that it cannot map, and everything that needs its result, runs on the CPU. A model that is not TFLite is written as int8 TFLite for the report. Mapped, as compiler 16 for runtime 14 does, with int8 tensors of fixed shape and at most three axes larger than 1: ${list(Object.keys(EDGE_TPU_OPERATORS))}.`,
    "## OpenCV DNN",
    `What OpenCV 4.6 and newer read of ONNX: operators in the forms of set 13, whatever number the set has; sizes fixed but for an image's batch; weights in float, or from 4.7 on behind DequantizeLinear. Operators: ${list(opencv?.operators ?? [])}. On integers only: ${list(opencv?.integerOperators ?? [])}.`,
    "",
  ].join("\n\n");
}

function list(names: readonly string[]): string {
  return names.join(", ");
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll("|", String.raw`\|`)).join(" | ")} |`;
  return [line(titles), line(titles.map(() => "---")), ...rows.map(line)].join("\n");
}

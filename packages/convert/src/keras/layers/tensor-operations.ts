import { arranging } from "./operations/arranging.ts";
import { elementwise } from "./operations/elementwise.ts";
import { products } from "./operations/products.ts";
import { reductions } from "./operations/reductions.ts";
import type { LayerKind } from "./layer-kind.ts";

/**
 * Operations on tensors that a functional model contains beside its layers: `keras.ops` of Keras 3 (`ops.Add`) and TensorFlow functions of
 * Keras 2 (`tf.math.add`, in files `TFOpLambda`). They are data, not code: the file names a function, and the tables know it.
 * Source: keras/src/ops/{numpy,nn,core,image}.py; keras 2 layers/core/tf_op_layer.py
 */
export const tensorOperations: readonly LayerKind[] = [...elementwise, ...reductions, ...arranging, ...products];

import { range, transpose } from "../emit/axes.ts";
import { reshape } from "../emit/reshape.ts";
import { reshapeTensor } from "../emit/permute.ts";
import { type LayerKind, trained } from "./layer-kind.ts";

/**
 * GroupNormalization: the channels along `axis` in `groups` groups, each normalised over its channels and all places; −1 groups are one per
 * channel. Then gamma and beta per channel.
 * Source: keras/src/layers/normalization/group_normalization.py
 */
export const groupNormalization: LayerKind = {
  classes: ["GroupNormalization"],
  about: "InstanceNormalization over the groups, Mul, Add",
  slots: ({ config }) => [...(config.bool("scale", true) ? trained("gamma") : []), ...(config.bool("center", true) ? trained("beta") : [])],
  convert: (call) => {
    const { b, config } = call;
    const x = call.input();
    const rank = b.rank(x);
    const axis = call.axis(config.int("axis", -1), rank);
    const channels = call.size(x, axis);
    const groups = config.int("groups", 32) === -1 ? channels : config.int("groups", 32);
    if (groups < 1 || channels % groups !== 0) call.fail(`has ${groups} groups for ${channels} channels`);
    const perm = [0, axis, ...range(1, rank).filter((other) => other !== axis)];
    const first = transpose(b, x, perm);
    const shape = b.shape(first);
    const grouped = reshape(b, first, [shape[0] ?? null, groups, null]);
    const [ones, zeros] = [b.floats(new Float32Array(groups).fill(1)), b.floats(new Float32Array(groups))];
    const normal = b.op("InstanceNormalization", [grouped, ones, zeros], { epsilon: config.number("epsilon", 1e-3) });
    const unknown = shape.slice(2).some((dim) => typeof dim !== "number");
    const back = unknown ? b.op("Reshape", [normal, b.op("Shape", [first])]) : reshape(b, normal, shape);
    b.graph.types.set(back, b.type(first));
    const vector = (name: string): string =>
      b.constant(reshapeTensor(call.weight(name, [channels]), [channels, ...range(2, rank).map(() => 1)]), name);
    const scaled = call.has("gamma") ? b.op("Mul", [back, vector("gamma")]) : back;
    const moved = call.has("beta") ? b.op("Add", [scaled, vector("beta")]) : scaled;
    return transpose(
      b,
      moved,
      perm.map((_, index) => perm.indexOf(index)),
    );
  },
};

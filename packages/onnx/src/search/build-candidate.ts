import type { OnnxModel } from "../graph/model.ts";
import { readModel } from "../graph/read-model.ts";
import { writeModel } from "../graph/write-model.ts";
import type { ConversionResult } from "../quantise/conversion-result.ts";
import { convertToFloat16 } from "../quantise/convert-float16.ts";
import { prepareGraph } from "../quantise/prepare-graph.ts";
import { quantiseDynamic } from "../quantise/quantise-dynamic.ts";
import type { Ranges } from "../quantise/observers/range-rule.ts";
import { quantiseWeightOnly } from "../quantise/quantise-weight-only.ts";
import { quantiseStatic } from "../quantise/quantise-static.ts";
import { correctBias, type BiasShifts, measureBiasShifts } from "../correct/correct-bias.ts";
import { equaliseLayers } from "../correct/equalise-layers.ts";
import { findPairs } from "../correct/find-pairs.ts";
import { nameLayers } from "../correct/layers.ts";
import { measureChannels } from "../correct/measure-channels.ts";
import { roundAdaptively } from "../correct/round-adaptively.ts";
import type { Batches, OpenModel } from "../correct/run-model.ts";
import { type BaseCandidate, type Candidate, candidateKey, type StaticCandidate } from "./candidate.ts";
import { type LayerSensitivity, measureSensitivity } from "./sensitivity.ts";

export interface BuilderOptions {
  readonly open: OpenModel;
  /** Calibration samples that corrections are measured on: 16 to 32 are enough. */
  readonly batches: Batches;
  /** Two to four samples, one a batch, for the sensitivity of each layer. */
  readonly few: Batches;
  /** Ranges of a model's values under an observer, with the taps of `calibrationTaps`; asked once per model and observer. */
  readonly ranges: (model: OnnxModel, candidate: StaticCandidate) => Promise<Ranges>;
  readonly signal?: AbortSignal;
}

/** Builds the search's candidates from one model, keeping what several of them need: ranges, equalised weights, bias shifts. */
export class CandidateBuilder {
  readonly #source: Uint8Array;
  readonly #options: BuilderOptions;
  readonly #kept = new Map<string, Promise<unknown>>();

  /** `model` is the simplified float model. */
  constructor(model: OnnxModel, options: BuilderOptions) {
    this.#source = writeModel(model);
    this.#options = options;
  }

  async build(candidate: Candidate): Promise<Uint8Array> {
    return writeModel((await this.convert(candidate)).model);
  }

  /** What `build` writes, with what is worth knowing of it. */
  async convert(candidate: Candidate): Promise<ConversionResult> {
    if ("exclude" in candidate) return this.#convertBase(candidate);
    const model = readModel(this.#source);
    return candidate.method === "fp16" ? convertToFloat16(model) : quantiseDynamic(model);
  }

  async rank(base: BaseCandidate, onProgress?: (done: number, total: number) => void): Promise<readonly LayerSensitivity[]> {
    const { open, few, signal } = this.#options;
    const float = await this.#float(base);
    const options = {
      open,
      batches: few,
      ...(signal === undefined ? {} : { signal }),
      ...(onProgress === undefined ? {} : { onProgress }),
    };
    return (await measureSensitivity(float, await this.#quantised(base), options)).rows;
  }

  async #quantised(candidate: BaseCandidate): Promise<OnnxModel> {
    return (await this.#convertBase(candidate)).model;
  }

  async #convertBase(candidate: BaseCandidate): Promise<ConversionResult> {
    const model = await this.#float(candidate);
    if (candidate.method === "weight-only") return quantiseWeightOnly(model, { exclude: candidate.exclude });
    const ranges = await this.#ranges(candidate);
    const exclude = new Set(candidate.exclude);
    if (candidate.roundAdaptively.length > 0) await this.#round(model, candidate, ranges);
    if (candidate.correctBias) correctBias(model, await this.#shifts(candidate), exclude);
    return quantiseStatic(model, ranges, { ...candidate.options, exclude: [...candidate.exclude] });
  }

  /** The source, each layer with a name of its own. */
  #named(): OnnxModel {
    const model = readModel(this.#source);
    nameLayers(model.graph);
    return model;
  }

  /** What static quantisation would rewrite is rewritten, so that corrections see the weights that will be rounded. */
  #prepared(): OnnxModel {
    const model = readModel(this.#source);
    prepareGraph(model);
    nameLayers(model.graph);
    return model;
  }

  /** A fresh float model, equalised where the candidate is. */
  async #float(candidate: BaseCandidate): Promise<OnnxModel> {
    if (candidate.method === "weight-only") return this.#named();
    if (!candidate.equalise) return this.#prepared();
    const { options } = candidate;
    const bytes = await this.#keep(`equalised ${options.perChannel === false}`, async () => {
      const model = this.#prepared();
      const pairs = findPairs(model.graph);
      const taps = pairs.map(({ between, first }) => ({ key: between, value: between, rank: first.weight.dims.length, channelAxis: 1 }));
      const largest = await measureChannels(model, () => taps, "max", this.#options);
      equaliseLayers(model, { largest, balance: options.perChannel === false ? "weights" : "activations" });
      return writeModel(model);
    });
    return readModel(bytes);
  }

  #ranges(candidate: StaticCandidate): Promise<Ranges> {
    const { equalise, observer, options } = candidate;
    return this.#keep(
      candidateKey({ ...candidate, correctBias: false, roundAdaptively: [], exclude: [], equalise, observer, options }),
      async () => this.#options.ranges(await this.#float(candidate), candidate),
    );
  }

  /** Measured with every layer in integers: a layer's shift is its own, whatever the others are. */
  #shifts(candidate: StaticCandidate): Promise<BiasShifts> {
    const base: StaticCandidate = { ...candidate, correctBias: false, exclude: [], roundAdaptively: candidate.roundAdaptively };
    return this.#keep(`shifts ${candidateKey(base)}`, async () =>
      measureBiasShifts(await this.#float(base), await this.#quantised(base), this.#options),
    );
  }

  async #round(model: OnnxModel, candidate: StaticCandidate, ranges: Ranges): Promise<void> {
    const { open, batches, signal } = this.#options;
    await roundAdaptively(model, candidate.roundAdaptively, {
      open,
      batches,
      quantise: (copy) => quantiseStatic(copy, ranges, candidate.options).model,
      ...(signal === undefined ? {} : { signal }),
    });
  }

  #keep<T>(key: string, make: () => Promise<T>): Promise<T> {
    const known = this.#kept.get(key);
    // The key says what it is: each prefix belongs to one type.
    if (known !== undefined) return known as Promise<T>;
    const made = make();
    this.#kept.set(key, made);
    made.catch(() => this.#kept.delete(key));
    return made;
  }
}

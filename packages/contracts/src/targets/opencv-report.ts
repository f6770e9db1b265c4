import { z } from "zod";

const nodes = z.array(z.string());

/**
 * What keeps OpenCV's DNN module from reading a model. With `since`, releases from that one on do read it, and it only keeps older ones from it.
 */
export const opencvFindingSchema = z.discriminatedUnion("code", [
  z.object({ code: z.literal("OPERATOR_MISSING"), operator: z.string(), nodes }),
  /** Nodes say in a newer operator set's way what the reader knows in an older one's. `lowerable`: the older set can say the same. */
  z.object({
    code: z.literal("NEWER_FORM"),
    operators: z.array(z.string()),
    opset: z.number().int(),
    highest: z.number().int(),
    lowerable: z.boolean(),
  }),
  /** Give the input fixed sizes. */
  z.object({ code: z.literal("DYNAMIC_SHAPE"), input: z.string() }),
  z.object({ code: z.literal("MODEL_FUNCTIONS") }),
  /** Weights that come through DequantizeLinear. The layers behind it calculate in float, so a float variant is the better one. */
  z.object({ code: z.literal("INTEGER_WEIGHTS"), count: z.number().int().positive(), since: z.string() }),
  /** Squeeze with its axes as an input. */
  z.object({ code: z.literal("AXES_AS_INPUT"), operator: z.string(), nodes, since: z.string() }),
]);
export type OpencvFinding = z.infer<typeof opencvFindingSchema>;

export const opencvReportSchema = z.object({
  /** The oldest release of the profile that reads it; null where none does. */
  readFrom: z.string().nullable(),
  findings: z.array(opencvFindingSchema),
});
export type OpencvReport = z.infer<typeof opencvReportSchema>;

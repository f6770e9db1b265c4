import type { RolloutView } from "@flotilla/contracts/views";
import type { DotCanvasProps } from "@flotilla/ui/charts";

/** What the dots of few and of many devices are told alike. */
export interface DotsProps extends Pick<DotCanvasProps, "title" | "summary" | "legend"> {
  rollout: RolloutView;
}

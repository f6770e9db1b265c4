import { describe, expect, it } from "vitest";
import { moveInGrid } from "./dot-kinds.ts";
import { gateDomain } from "./gate-domain.ts";
import { linear, niceTicks } from "./linear.ts";
import { meetsBudget, missedBounds, type ParetoPoint } from "./meets-budget.ts";
import { paretoFrontier } from "./pareto-frontier.ts";
import { placeLabels, textWidth } from "./place-labels.ts";
import { stackCounts, stepArea } from "./step-area.ts";

const point: ParetoPoint = { id: "a", label: "int8", sizeBytes: 5_000_000, latencyMs: 3, agreement: 0.99 };
const open = { maxSizeBytes: null, maxLatencyMs: null, minAgreement: null };

describe("meetsBudget", () => {
  const table: [string, Parameters<typeof meetsBudget>, boolean][] = [
    ["no bound: everything meets it", [point, open], true],
    ["a bound counts as kept when it is reached exactly", [point, { maxSizeBytes: 5_000_000, maxLatencyMs: 3, minAgreement: 0.99 }], true],
    ["one byte too many", [point, { ...open, maxSizeBytes: 4_999_999 }], false],
    ["too slow", [point, { ...open, maxLatencyMs: 2.9 }], false],
    ["agreement too low", [point, { ...open, minAgreement: 0.991 }], false],
    [
      "agreement that was not measured is not kept",
      [
        { ...point, agreement: null },
        { ...open, minAgreement: 0.5 },
      ],
      false,
    ],
  ];
  it.each(table)("%s", (_, args, expected) => expect(meetsBudget(...args)).toBe(expected));
});

describe("paretoFrontier", () => {
  const at = (id: string, sizeBytes: number, latencyMs: number, agreement: number | null = 1): ParetoPoint => ({
    ...point,
    id,
    sizeBytes,
    latencyMs,
    agreement,
  });
  const idsOf = (points: ParetoPoint[], least: number | null = null) => paretoFrontier(points, least).map(({ id }) => id);

  it("keeps what nothing beats in both, from small to large", () =>
    expect(idsOf([at("large", 9, 1), at("beaten", 8, 4), at("small", 2, 5), at("middle", 4, 3)])).toEqual(["small", "middle", "large"]));
  it("keeps one of two that are equal", () => expect(idsOf([at("a", 2, 2), at("b", 2, 2)])).toEqual(["a"]));
  it("does not count what answers wrongly, or was not measured", () =>
    expect(idsOf([at("wrong", 1, 1, 0.5), at("unknown", 1, 1, null), at("right", 3, 3, 0.99)], 0.98)).toEqual(["right"]));
});

it("missedBounds names what is not kept", () => {
  expect(missedBounds(point, { maxSizeBytes: 1, maxLatencyMs: 5, minAgreement: 0.995 })).toEqual(["size", "agreement"]);
});

describe("scales", () => {
  it("maps ends to ends, also turned round", () => {
    const y = linear([0, 10], [100, 20]);
    expect([y(0), y(5), y(10)]).toEqual([100, 60, 20]);
    expect(linear([3, 3], [0, 50])(3)).toBe(0);
  });
  it.each([
    [11, 6, [0, 2, 4, 6, 8, 10, 12]],
    [0.345, 4, [0, 0.1, 0.2, 0.3, 0.4]],
    [29_000, 6, [0, 5000, 10_000, 15_000, 20_000, 25_000, 30_000]],
    [1, 4, [0, 0.2, 0.4, 0.6, 0.8, 1]],
    [0.0014, 3, [0, 0.0005, 0.001, 0.0015]],
  ])("marks an axis up to %d with round numbers", (high, count, ticks) => {
    expect(niceTicks(high, count)).toEqual(ticks);
  });
});

describe("stepped areas", () => {
  it("stack counts upon each other", () => {
    expect(
      stackCounts([
        [1, 2],
        [3, 0],
      ]),
    ).toEqual([
      [
        [0, 1],
        [0, 3],
      ],
      [
        [1, 3],
        [3, 3],
      ],
    ]);
  });
  it("hold a value until the next point, above and below", () => {
    const points = [
      { x: 0, bottom: 10, top: 6 },
      { x: 4, bottom: 9, top: 2 },
    ];
    expect(stepArea(points)).toBe("M0,6L4,6L4,2L4,9L4,10L0,10Z");
    expect(stepArea([])).toBe("");
  });
});

describe("moveInGrid", () => {
  it("walks rows and columns and stays inside", () => {
    expect(moveInGrid("ArrowDown", 1, 10, 4)).toBe(5);
    expect(moveInGrid("ArrowDown", 7, 10, 4)).toBe(7);
    expect(moveInGrid("ArrowUp", 1, 10, 4)).toBe(1);
    expect(moveInGrid("ArrowRight", 9, 10, 4)).toBe(9);
    expect(moveInGrid("End", 0, 10, 4)).toBe(9);
    expect(moveInGrid("Tab", 0, 10, 4)).toBeNull();
  });
});

describe("gateDomain", () => {
  it("covers value, interval and limit", () => {
    const [low, high] = gateDomain([0.18, 0.1, 0.11, 0.26]);
    expect(low).toBeLessThanOrEqual(0.1);
    expect(high).toBeGreaterThan(0.26);
  });
  it("is never empty", () => {
    expect(gateDomain([null])).toEqual([0, 1]);
    const [low, high] = gateDomain([1, 1]);
    expect(high).toBeGreaterThan(low);
  });
});

describe("placeLabels", () => {
  it("keeps labels of close points from covering each other", () => {
    const points = [
      { x: 200, y: 100, label: "int8 static" },
      { x: 206, y: 104, label: "int8 dynamic" },
      { x: 203, y: 96, label: "fp16" },
    ];
    const boxes = placeLabels(points, { width: 640, height: 260 }).map((place, index) => {
      const width = textWidth(points[index]?.label ?? "");
      const left = place.anchor === "start" ? place.x : place.anchor === "end" ? place.x - width : place.x - width / 2;
      return { left, right: left + width, top: place.y - 11, bottom: place.y + 3 };
    });
    for (const [index, box] of boxes.entries()) {
      for (const other of boxes.slice(index + 1)) {
        expect(box.right <= other.left || other.right <= box.left || box.bottom <= other.top || other.bottom <= box.top).toBe(true);
      }
    }
  });
  it("turns a label inwards at the right edge", () => {
    expect(placeLabels([{ x: 630, y: 50, label: "fp32 original" }], { width: 640, height: 260 })[0]?.anchor).not.toBe("start");
  });
});

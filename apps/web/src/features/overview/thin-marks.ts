export interface Mark {
  at: Date;
  label: string;
}

/** A label takes about this share of the chart's width. */
const LABEL_SHARE = 0.3;

/**
 * Labels of marks that would lie over each other: the first of a cluster keeps its name and says how many follow, the others keep only their line.
 *
 * @param andMore says a name and how many more there are
 */
export function thinMarks(marks: readonly Mark[], from: Date, to: Date, andMore: (label: string, count: number) => string): Mark[] {
  const roomMs = (to.getTime() - from.getTime()) * LABEL_SHARE;
  const leaders: { index: number; followers: number }[] = [];
  for (const [index, mark] of marks.entries()) {
    const leader = leaders.at(-1);
    const start = leader === undefined ? undefined : marks[leader.index]?.at.getTime();
    if (leader !== undefined && start !== undefined && mark.at.getTime() - start < roomMs) leader.followers += 1;
    else leaders.push({ index, followers: 0 });
  }
  return marks.map((mark, index) => {
    const leader = leaders.find((each) => each.index === index);
    if (leader === undefined) return { at: mark.at, label: "" };
    return leader.followers === 0 ? mark : { at: mark.at, label: andMore(mark.label, leader.followers) };
  });
}

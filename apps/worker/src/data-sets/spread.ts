/** `wanted` of `count` indices, evenly spread: a data set sorted by class still gives every class. All of them when there are fewer. */
export function spread(count: number, wanted: number): number[] {
  const taken = Math.min(count, wanted);
  return Array.from({ length: taken }, (_, index) => Math.floor((index * count) / taken));
}

/** The first samples of each class by turns: with 10 classes and 32 wanted, every class has 3 or 4. Evenly spread without labels. */
export function spreadOverClasses(count: number, labels: Int32Array | null, wanted: number): number[] {
  if (labels === null) return spread(count, wanted);
  const byClass = new Map<number, number[]>();
  for (const [sample, label] of labels.entries()) {
    const queue = byClass.get(label);
    if (queue === undefined) byClass.set(label, [sample]);
    else queue.push(sample);
  }
  const queues = [...byClass.entries()].sort(([a], [b]) => a - b).map(([, samples]) => samples);
  const taken: number[] = [];
  for (let round = 0; taken.length < Math.min(wanted, count); round += 1) {
    for (const queue of queues) {
      const sample = queue[round];
      if (sample !== undefined && taken.length < wanted) taken.push(sample);
    }
  }
  return taken.sort((a, b) => a - b);
}

/** A binary heap by ascending key. */
export class Heap<T> {
  readonly #items: T[] = [];
  readonly #key: (item: T) => number;

  constructor(key: (item: T) => number) {
    this.#key = key;
  }

  push(item: T): void {
    const items = this.#items;
    let index = items.push(item) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = items[parent];
      if (above === undefined || this.#key(above) <= this.#key(item)) break;
      items[index] = above;
      index = parent;
    }
    items[index] = item;
  }

  pop(): T | undefined {
    const items = this.#items;
    const top = items[0];
    const last = items.pop();
    if (last === undefined || items.length === 0) return top;
    let index = 0;
    for (;;) {
      const left = index * 2 + 1;
      const right = left + 1;
      const child = right < items.length && this.#keyAt(right) < this.#keyAt(left) ? right : left;
      if (child >= items.length || this.#keyAt(child) >= this.#key(last)) break;
      items[index] = items[child] as T;
      index = child;
    }
    items[index] = last;
    return top;
  }

  #keyAt(index: number): number {
    const item = this.#items[index];
    return item === undefined ? Infinity : this.#key(item);
  }
}

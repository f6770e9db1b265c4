/** What a child process can be asked for, by name. Loaded on demand: a child's memory is that of its task alone. */
export const TASKS = {
  score: () => import("../optimise/tasks/score.ts"),
  inspect: () => import("../optimise/tasks/inspect.ts"),
  "make-static": () => import("../optimise/tasks/make-static.ts"),
  "make-dynamic": () => import("../optimise/tasks/make-dynamic.ts"),
  "make-large": () => import("../optimise/tasks/make-large.ts"),
  convert: () => import("../convert/tasks/convert.ts"),
  "clean-up": () => import("../convert/tasks/clean-up.ts"),
  "search-goal": () => import("../optimise/tasks/search-goal.ts"),
};

export type TaskName = keyof typeof TASKS;
type Task<N extends TaskName> = Awaited<ReturnType<(typeof TASKS)[N]>>["run"];
export type RequestOf<N extends TaskName> = Parameters<Task<N>>[0];
export type ResultOf<N extends TaskName> = Awaited<ReturnType<Task<N>>>;

import {
  actOnRollout,
  allowedActions,
  nextChangeAt,
  type RolloutAction,
  type RolloutEffect,
  type RolloutStep,
  type stepRollout,
} from "@flotilla/domain";
import { loadSnapshot } from "./load-snapshot.ts";
import { assign, type AssignmentRules, sendBack, setDevices, settleDevices, withdraw } from "./write-assignments.ts";
import type { RolloutRow, Store } from "./store.ts";

/** What the planner may be replaced by in a simulation, and who watches it. */
export interface PlannerRules extends AssignmentRules {
  step: typeof stepRollout;
  /** Called once a step is stored, inside its transaction. */
  onStep: (rollout: RolloutRow, step: RolloutStep, now: Date) => void;
}

/** The only place that knows the planner's interface. Each call is one transaction. */
export class Planner {
  readonly #store: Store;
  readonly #rules: PlannerRules;

  constructor(store: Store, rules: PlannerRules) {
    this.#store = store;
    this.#rules = rules;
  }

  /** `advanceRollout`. @returns the rollouts that changed, and when time alone can change this one */
  advance(rollout: RolloutRow, now: Date): { touched: string[]; nextChangeAt: Date | null } {
    const step = this.#rules.step(loadSnapshot(this.#store, rollout, "mattering", now), now);
    return { touched: this.#persist(rollout, step, now), nextChangeAt: nextChangeAt(step.next, now) };
  }

  /** `changeRollout`: a person's action and at once what follows. @returns the rollouts that changed */
  act(rollout: RolloutRow, action: RolloutAction, now: Date): string[] {
    const touched = this.#persist(rollout, actOnRollout(loadSnapshot(this.#store, rollout, "all", now), action, now), now);
    return [...touched, ...this.advance(rollout, now).touched];
  }

  allowed(rollout: RolloutRow, now: Date): ReturnType<typeof allowedActions> {
    return allowedActions(loadSnapshot(this.#store, rollout, "all", now));
  }

  #persist(rollout: RolloutRow, step: RolloutStep, now: Date): string[] {
    const { next, effects, decisions } = step;
    const isNews =
      effects.length > 0 ||
      decisions.length > 0 ||
      rollout.state !== next.state ||
      rollout.stages.some((stage, index) => stage !== next.stages[index]);
    const touched = new Set(isNews ? [rollout.id] : []);
    for (const effect of effects) for (const other of this.#execute(rollout, effect, now)) touched.add(other);
    Object.assign(rollout, {
      state: next.state,
      stages: next.stages,
      readings: next.readings,
      why: next.why,
      startedAt: next.startedAt,
      finishedAt: next.finishedAt,
    });
    this.#rules.onStep(rollout, step, now);
    return [...touched];
  }

  #execute(rollout: RolloutRow, effect: RolloutEffect, now: Date): string[] {
    const scope = { rollout, now };
    switch (effect.kind) {
      case "assign":
        return assign(this.#store, this.#rules, scope, effect);
      case "withdraw":
        withdraw(this.#store, this.#rules, scope, effect);
        return [];
      case "send-back":
        sendBack(this.#store, this.#rules, scope, effect);
        return [];
      case "set-devices":
        setDevices(this.#store, scope, effect);
        return [];
      case "settle":
        settleDevices(this.#store, scope, effect);
        return [];
      default:
        return effect satisfies never;
    }
  }
}

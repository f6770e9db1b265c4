import { say } from "../say.ts";
import type { ChaosStack } from "./chaos-stack.ts";
import type { Kill } from "./plan-kills.ts";

/** Carries a plan out, with SIGKILL: nothing that dies has a chance to tidy up. Its supervisor starts it again. */
export async function killAtRandom({ supervisor, agents }: ChaosStack, plan: readonly Kill[]): Promise<void> {
  for (const [index, kill] of plan.entries()) {
    await new Promise((resolve) => setTimeout(resolve, kill.afterMs));
    const name = kill.victim === "agent" ? `device-${agents[Math.floor(kill.which * agents.length)]}` : kill.victim;
    const pid = await untilRunning(supervisor, name);
    process.kill(pid, "SIGKILL");
    say(`  kill ${index + 1} of ${plan.length}: ${name}`);
  }
}

/** A victim that is only just coming back from the last kill is waited for. */
async function untilRunning(supervisor: ChaosStack["supervisor"], name: string): Promise<number> {
  for (;;) {
    const pid = supervisor.pids()[name];
    if (pid !== undefined) return pid;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

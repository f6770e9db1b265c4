import { answerCommands } from "./fleet.ts";
import type { Question, Reply } from "./protocol.ts";

// A generator process: takes questions from its parent and ends with it.
const commands = answerCommands();
process.on("disconnect", () => process.exit(0));
process.on("message", (question: Question) => {
  const { id, name, argument } = question;
  // The parent's `ask` pairs names and arguments.
  const run = commands[name] as (argument: unknown) => unknown;
  void Promise.resolve()
    .then(async () => await run(argument))
    .then(
      (answer) => reply({ id, answer }),
      (error: unknown) => reply({ id, problem: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
});

function reply(message: Reply): void {
  process.send?.(message);
}

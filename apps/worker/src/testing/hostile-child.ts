/**
 * A child whose handler has been taken over: tries what it must not do and answers with what happened, "done" or the reason that it was refused.
 * It is asked with the paths and the port that it is to try.
 */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { Worker } from "node:worker_threads";

export interface HostileQuestion {
  secretsDirectory: string;
  secretFile: string;
  outsideFile: string;
  addon: string;
  port: number;
  workerPid: number;
}

const attempt = (act: () => unknown): string => {
  try {
    act();
    return "done";
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : String(error);
  }
};

function dial(port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" }, () => resolve("done"));
    socket.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? "failed"));
  });
}

async function answer(question: HostileQuestion): Promise<void> {
  const { secretsDirectory, secretFile, outsideFile, addon, port, workerPid } = question;
  const tried = {
    readsSecret: attempt(() => readFileSync(secretFile)),
    listsSecrets: attempt(() => readdirSync(secretsDirectory)),
    readsWorkersEnvironment: attempt(() => readFileSync(`/proc/${workerPid}/environ`)),
    readsAccounts: attempt(() => readFileSync("/etc/passwd")),
    linksToSecret: attempt(() => {
      symlinkSync(secretFile, "link");
      readFileSync("link");
    }),
    writesOutside: attempt(() => writeFileSync(outsideFile, "x")),
    startsProcess: attempt(() => spawnSync("/bin/true")),
    startsThread: attempt(() => new Worker("", { eval: true })),
    loadsAddon: attempt(() => process.dlopen({ exports: {} }, addon)),
    writesHere: attempt(() => writeFileSync("own", "x")),
  };
  const opensSocket = await dial(port);
  process.send?.({ ...tried, opensSocket, uid: process.getuid?.(), groups: process.getgroups?.() });
}

process.once("message", (question: HostileQuestion) => void answer(question));

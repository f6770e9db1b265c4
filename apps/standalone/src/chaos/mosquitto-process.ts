import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { configureMosquitto } from "../broker/testing/start-mosquitto.ts";
import type { ProcessSpec } from "../supervisor.ts";

/** This machine's Mosquitto in the place of the embedded broker. Not by its script: what is killed with -9 has to be the broker itself. */
export async function mosquittoProcess(secretsDirectory: string, port: number): Promise<ProcessSpec> {
  const config = await configureMosquitto(secretsDirectory, port);
  return {
    name: "broker",
    args: [],
    launch: async () => spawn("mosquitto", ["-c", config], { detached: true, stdio: ["ignore", "pipe", "pipe"] }),
    ready: async (child) => await untilListens(child, port),
  };
}

async function untilListens(child: ChildProcess, port: number): Promise<void> {
  while (child.exitCode === null && child.signalCode === null) {
    const socket = connect(port, "127.0.0.1");
    const [answered] = await Promise.race([once(socket, "connect").then(() => [true]), once(socket, "close").then(() => [false])]).catch(
      () => [false],
    );
    socket.destroy();
    if (answered === true) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

import { type BrokerProcess, startBrokerProcess } from "../start-broker-process.ts";
import { env } from "./env.ts";
import { startMosquitto } from "./start-mosquitto.ts";

export interface TestBroker extends BrokerProcess {
  /** What the gateway needs besides the URL; nothing for the embedded broker. */
  revocationListFile?: string;
}

/** Which broker the tests of the device plane run against: the embedded one, or Mosquitto with `TEST_BROKER=mosquitto`. */
export const testBroker = env.TEST_BROKER;

export async function startTestBroker(secretsDirectory: string, port = 0): Promise<TestBroker> {
  return testBroker === "mosquitto" ? await startMosquitto(secretsDirectory, port) : await startBrokerProcess(secretsDirectory, port);
}

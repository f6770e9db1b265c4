import { connectAsync } from "mqtt";
import { connectOptions } from "./connect-options.ts";
import type { MqttClientOptions } from "./types.ts";

/**
 * Ends whatever session a broker has under `clientId`: connects under that id and leaves again, whereupon any broker must drop the one before
 * (MQTT 3.1.1, 3.1.4-2) and publish its will. The certificate must carry that id. Rejects where the broker does not let it in.
 */
export async function takeOverSession(options: Pick<MqttClientOptions, "url" | "ca" | "cert" | "key" | "clientId">): Promise<void> {
  const client = await connectAsync(options.url, { ...connectOptions({ ...options, random: () => 0.5 }), connectTimeout: 5_000 }, false);
  await client.endAsync();
}

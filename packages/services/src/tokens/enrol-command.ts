import type { ServiceContext } from "../context.ts";

/** The runtime that the agent's inference host loads; the version that the agent was built with. */
const RUNTIME = "onnxruntime-node@1.30.0";

/**
 * One line for a device's shell: fetches the agent, its runtime, and starts it. The fingerprint pins our CA, so that the token
 * is never sent to somebody else. The token is in the agent's environment and not among its arguments, which every user of the device can read. The
 * runtime's own install script would call out for CUDA.
 */
export function enrolCommand(ctx: ServiceContext, token: string): string {
  const { webUrl, gatewayUrl, caFingerprint } = ctx.enrolment ?? { webUrl: "", gatewayUrl: "", caFingerprint: "" };
  return [
    `curl -fsSO ${webUrl}/agent.js`,
    `npm install --ignore-scripts --no-save ${RUNTIME}`,
    `AGENT_TOKEN=${token} node agent.js --server ${gatewayUrl} --ca-fingerprint ${caFingerprint} --data ./flotilla-device`,
  ].join(" && ");
}

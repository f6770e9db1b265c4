/** What a device needs to find us: `webUrl` serves the agent's file, `gatewayUrl` enrols, the fingerprint is the SHA-256 of our CA certificate. */
export interface EnrolmentAddress {
  webUrl: string;
  gatewayUrl: string;
  /** 64 hex digits. */
  caFingerprint: string;
}

/** The runtime that the agent's inference host loads; the version that the agent was built with. */
const RUNTIME = "onnxruntime-node@1.30.0";

/**
 * One line for a device's shell: fetches the agent, its runtime, and starts it. The fingerprint pins our CA, so that the token is never sent to
 * somebody else, and is in the agent's environment and not among its arguments, which every user of the device can read. The runtime's own install
 * script would call out for CUDA.
 */
export function enrolCommand({ webUrl, gatewayUrl, caFingerprint }: EnrolmentAddress, token: string): string {
  return [
    `curl -fsSO ${webUrl}/agent.js`,
    `npm install --ignore-scripts --no-save ${RUNTIME}`,
    `AGENT_TOKEN=${token} node agent.js --server ${gatewayUrl} --ca-fingerprint ${caFingerprint} --data ./flotilla-device`,
  ].join(" && ");
}

/** Whether only this machine itself reaches a host by this name. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname.endsWith(".localhost") || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/**
 * The address as somebody sees it who opened the dashboard at `origin`: a dashboard that only knows itself as localhost is reached by the name that
 * the browser used, and so is the gateway beside it.
 */
export function seenFrom(address: EnrolmentAddress, origin: string): EnrolmentAddress {
  const here = new URL(origin);
  const gateway = new URL(address.gatewayUrl);
  if (isLoopback(gateway.hostname) && !isLoopback(here.hostname)) gateway.hostname = here.hostname;
  return { ...address, webUrl: here.origin, gatewayUrl: gateway.origin };
}

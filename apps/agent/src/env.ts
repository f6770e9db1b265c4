/** The environment that the agent reads, once. A flag wins over its variable. */
export const env = {
  /** AGENT_SERVER, AGENT_TOKEN, AGENT_DATA… by flag name in upper case. */
  flag: (name: string): string | undefined => process.env[`AGENT_${name.replaceAll("-", "_").toUpperCase()}`],
  hold: process.env["FLOTILLA_AGENT_HOLD"],
};

/** What of the environment an inference host gets: no secret is among it. */
export function hostEnvironment(): NodeJS.ProcessEnv {
  const kept = ["PATH", "NODE_OPTIONS", "LD_LIBRARY_PATH", "HOME", "TMPDIR"];
  return Object.fromEntries(kept.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));
}

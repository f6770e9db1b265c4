/** `--help`. */
export const HELP = `The Flotilla agent: takes this device's models from a Flotilla server, proves them here, and serves them.

  AGENT_TOKEN=T node agent.js --server URL --data DIR (--ca-fingerprint SHA256 | --ca FILE) [options]

  --server URL            address of the device API, https://host:port
  --data DIR              where keys, slots, journal and reports are kept
  --token-file FILE       enrolment token in a file, or on standard input (-); without a token the device waits until a person accepts it
  --token T               the same as an argument, which every user of this machine can read in its process list: rather use AGENT_TOKEN
                          or --token-file
  --ca-fingerprint SHA256 fingerprint of the server's CA, as printed by the server
  --ca FILE               the server's CA certificate (PEM), instead of its fingerprint
  --name N                name to show (default: the host name)
  --tag KEY=VALUE         a tag of the device; may be repeated
  --profile NAME          device profile (default: <os>-<arch>-cpu)

  --port N                loopback port of the inference endpoint (default: a free one, in DATA/host.json)
  --threads N             threads of one inference (default 1)
  --poll-interval S       seconds between questions for the assignment, ± 50 % (default 1800)
  --metrics-interval S    seconds between metrics (default 60)
  --start-timeout S       seconds that a model may take to load (default 60)
  --hang-timeout S        seconds of silence after which an inference host is hung (default 30)
  --replay PATH           demonstration: send the images of a .npy file, or of a directory of them, to the endpoint
  --replay-interval MS    milliseconds between two of them (default 1000)
  --log-level LEVEL       trace, debug, info, warn, error, silent (default info)
  --help, --version

Every option can be given as an environment variable: AGENT_SERVER, AGENT_TOKEN, AGENT_CA_FINGERPRINT, and so on.

Applications talk to http://127.0.0.1:<port> or to DATA/agent.sock by the Open Inference Protocol v2:
  POST /v2/models/<name>/infer   GET /v2/models/<name>   GET /v2/health/ready
Images may be sent raw, as UINT8 [n, height, width, channels]: the device prepares them as the model's card says.

FLOTILLA_AGENT_HOLD=VERIFYING|STAGED|ACTIVATING|PROBING stops an update in that phase: for tests that end the agent there.
`;

// node deploy/healthcheck.js <url>: ends with 0 where it answers 200. The gateway's certificate is of its own CA and the call stays on this machine.
import { request as http } from "node:http";
import { request as https } from "node:https";

const url = process.argv[2] ?? "";
const request = url.startsWith("https:") ? https : http;
const options = { rejectUnauthorized: false, timeout: 4000 };
const outgoing = request(url, options, (response) => process.exit(response.statusCode === 200 ? 0 : 1));
outgoing.on("error", () => process.exit(1));
outgoing.on("timeout", () => process.exit(1));
outgoing.end();

import type { IncomingMessage, ServerResponse } from "node:http";
import type { AuthenticatedDevice, DevicePlaneContext } from "@flotilla/services";
import type { ReportIntake } from "../mqtt/report-intake.ts";
import type { HotBlobs } from "./hot-blobs.ts";
import { enrol } from "./enrol.ts";
import { serveArtifact } from "./serve-artifact.ts";
import { serveAssignment } from "./serve-assignment.ts";
import { renew } from "./renew.ts";
import { takeReports } from "./take-reports.ts";

export interface Call {
  ctx: DevicePlaneContext;
  reports: ReportIntake;
  blobs: HotBlobs;
  request: IncomingMessage;
  response: ServerResponse;
  /** What stands in place of `*` in the route's path. */
  parameter: string;
}

export interface DeviceCall extends Call {
  device: AuthenticatedDevice;
}

export type Route = { method: "GET" | "POST"; path: string } & (
  | { open: true; handle(call: Call): Promise<void> }
  /** Only for an active device, known by its certificate. */
  | {
      open: false;
      /** To a revoked device there is nothing here, as to one that the file is not assigned to. */
      hidden?: true;
      handle(call: DeviceCall): Promise<void>;
    }
);

/** The device API. A GET answers HEAD as well. `*` at the end is one path segment. */
export const ROUTES: readonly Route[] = [
  { method: "POST", path: "/device/v1/enrol", open: true, handle: enrol },
  { method: "POST", path: "/device/v1/renew", open: false, handle: renew },
  { method: "GET", path: "/device/v1/assignment", open: false, handle: serveAssignment },
  { method: "GET", path: "/device/v1/artifacts/*", open: false, hidden: true, handle: serveArtifact },
  { method: "POST", path: "/device/v1/reports", open: false, handle: takeReports },
];

/** The route of a method and path, with its parameter; null where there is none. */
export function findRoute(method: string, path: string): { route: Route; parameter: string } | null {
  const wanted = method === "HEAD" ? "GET" : method;
  for (const route of ROUTES) {
    if (route.method !== wanted) continue;
    if (route.path === path) return { route, parameter: "" };
    const prefix = route.path.endsWith("*") ? route.path.slice(0, -1) : null;
    if (prefix !== null && path.startsWith(prefix) && !path.slice(prefix.length).includes("/"))
      return { route, parameter: path.slice(prefix.length) };
  }
  return null;
}

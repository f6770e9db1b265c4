import { join } from "node:path";
import type { SlotName } from "../core/journal.ts";
import { type FileSystem, nodeFileSystem } from "../ports/file-system.ts";

/** Where everything lies under the data directory, and the file system that it lies on. */
export type AgentPaths = ReturnType<typeof agentPaths>;

export function agentPaths(data: string, fs: FileSystem = nodeFileSystem) {
  return {
    fs,
    data,
    /** Key, certificate, CA, broker and pinned keys in one file (0600), so that a renewal is one rename. */
    identity: join(data, "identity", "identity.json"),
    /** Key and request of an enrolment that has not been answered yet. */
    enrolment: join(data, "identity", "enrolment.json"),
    /** Key of a renewal that has not been answered yet. */
    renewal: join(data, "identity", "renewal.json"),
    journal: join(data, "journal.json"),
    /** Ids of the newest starts of the agent. */
    boots: join(data, "boots.json"),
    assignment: join(data, "assignment.json"),
    profile: join(data, "runtime-profile.json"),
    hostInfo: join(data, "host.json"),
    socket: join(data, "agent.sock"),
    downloads: join(data, "downloads"),
    spool: join(data, "spool"),
    slots: join(data, "slots"),
    slot: (slot: SlotName): string => join(data, "slots", slot),
    slotPartial: (slot: SlotName): string => join(data, "slots", `${slot}.partial`),
  };
}

"use client";
import type { Role } from "@flotilla/contracts";
import { can, type Permission } from "@flotilla/domain";
import { createContext, type ReactNode, use, useMemo } from "react";

export interface SessionData {
  user: { id: string; name: string; email: string };
  organisation: { id: string; name: string };
  role: Role;
}

export interface Session extends SessionData {
  /** Whether the role may do it; the server decides again. */
  can: (permission: Permission) => boolean;
}

const SessionContext = createContext<Session | null>(null);

export function SessionProvider({ session, children }: { session: SessionData; children: ReactNode }) {
  const value = useMemo<Session>(() => ({ ...session, can: (permission) => can(session.role, permission) }), [session]);
  return <SessionContext value={value}>{children}</SessionContext>;
}

/** Who looks at the page. Only inside the signed-in part of the application. */
export function useSession(): Session {
  const session = use(SessionContext);
  if (session === null) throw new Error("useSession was called outside SessionProvider");
  return session;
}

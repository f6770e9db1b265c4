import { redirect } from "next/navigation";
import type { ReactNode } from "react";
import { Shell } from "../../features/shell/shell.tsx";
import { currentSession } from "../../server/current-session.ts";

/** Every page below needs somebody signed in; what they may do is decided by each procedure. */
export default async function AppLayout({ children }: { children: ReactNode }) {
  const session = await currentSession();
  if (session === null) redirect("/sign-in");
  return <Shell session={session}>{children}</Shell>;
}

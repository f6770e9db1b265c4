"use client";
import { useTranslations } from "next-intl";
import { lazy, type ReactNode, Suspense, useEffect, useState } from "react";
import { ApiProvider } from "../../trpc/client.tsx";
import { LiveProvider } from "../../trpc/live-provider.tsx";
import { UploadsProvider } from "../uploads/uploads-provider.tsx";
import { CrumbsProvider } from "./crumbs.tsx";
import { Rail } from "./rail.tsx";
import { type SessionData, SessionProvider } from "./session.tsx";
import { TopBar } from "./top-bar.tsx";

const NavSheet = lazy(async () => ({ default: (await import("./nav-sheet.tsx")).NavSheet }));
const Commands = lazy(async () => ({ default: (await import("./commands.tsx")).Commands }));

/** The frame around every signed-in page. */
export function Shell({ session, children }: { session: SessionData; children: ReactNode }) {
  return (
    <ApiProvider>
      <LiveProvider>
        <SessionProvider session={session}>
          <CrumbsProvider>
            <UploadsProvider>
              <Frame>{children}</Frame>
            </UploadsProvider>
          </CrumbsProvider>
        </SessionProvider>
      </LiveProvider>
    </ApiProvider>
  );
}

function Frame({ children }: { children: ReactNode }) {
  const t = useTranslations("shell");
  const [navOpen, setNavOpen] = useState(false);
  const [navWanted, setNavWanted] = useState(false);
  const openNav = () => {
    setNavWanted(true);
    setNavOpen(true);
  };
  const [commandsOpen, setCommandsOpen] = useState(false);
  const [commandsWanted, setCommandsWanted] = useState(false);
  const openCommands = () => {
    setCommandsWanted(true);
    setCommandsOpen(true);
  };
  useCommandKey(openCommands);
  return (
    <div className="min-h-dvh md:grid md:grid-cols-[13rem_minmax(0,1fr)]">
      <a href="#content" className="fixed top-2 left-2 z-50 rounded-md border border-line-strong bg-surface px-3 py-1.5 not-focus:sr-only">
        {t("skip")}
      </a>
      <aside className="sticky top-0 hidden h-dvh border-r bg-sunken md:block">
        <Rail />
      </aside>
      <Suspense>{navWanted && <NavSheet open={navOpen} onOpenChange={setNavOpen} />}</Suspense>
      <div className="min-w-0">
        <TopBar onOpenNav={openNav} onOpenCommands={openCommands} />
        <main id="content" tabIndex={-1} className="mx-auto max-w-[80rem] p-4 outline-none md:p-6">
          {children}
        </main>
      </div>
      <Suspense>{commandsWanted && <Commands open={commandsOpen} onOpenChange={setCommandsOpen} />}</Suspense>
    </div>
  );
}

/** ⌘K or Ctrl+K from anywhere. */
function useCommandKey(open: () => void) {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.metaKey || event.ctrlKey)) return;
      event.preventDefault();
      open();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  });
}

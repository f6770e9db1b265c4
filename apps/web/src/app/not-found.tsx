"use client";
import { lazy } from "react";

/** Every page carries what an unknown address would show: so it carries only where to find it. */
const NotFoundPage = lazy(async () => ({ default: (await import("../features/shell/not-found-page.tsx")).NotFoundPage }));

export default function NotFound() {
  return <NotFoundPage />;
}

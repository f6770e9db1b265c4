type Kind = "success" | "error" | "message";

export interface ToastMessage {
  kind: Kind;
  text: string;
}

const waiting: ToastMessage[] = [];
const listeners = new Set<() => void>();
let everShown = false;

function show(kind: Kind, text: string): void {
  waiting.push({ kind, text });
  everShown = true;
  for (const listener of listeners) listener();
}

/** Says something that passes: a small message in the corner. The library that draws it is loaded with the first one. */
export const toast = {
  success: (text: string) => show("success", text),
  error: (text: string) => show("error", text),
  message: (text: string) => show("message", text),
};

/** Hears of new messages; returns how to stop. */
export function listenToToasts(listener: () => void): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

/** Takes the messages that nobody has drawn yet. */
export function takeToasts(): ToastMessage[] {
  return waiting.splice(0);
}

/** Whether any message was ever shown: only then is it worth loading what draws them. */
export function hasToasts(): boolean {
  return everShown;
}

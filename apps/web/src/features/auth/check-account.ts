export const PASSWORD_MIN = 12;

export interface AccountDraft {
  name: string;
  email: string;
  password: string;
}

/** A message key of `auth.errors` for each field that is wrong. */
export type AccountProblems = Partial<Record<keyof AccountDraft, "nameMissing" | "emailWrong" | "passwordMissing" | "passwordShort">>;

/** What can be said about the fields before the server is asked. */
export function checkAccount(draft: AccountDraft): AccountProblems {
  const problems: AccountProblems = {};
  if (draft.name.trim() === "") problems.name = "nameMissing";
  if (!looksLikeEmail(draft.email)) problems.email = "emailWrong";
  if (draft.password === "") problems.password = "passwordMissing";
  else if (draft.password.length < PASSWORD_MIN) problems.password = "passwordShort";
  return problems;
}

export function looksLikeEmail(text: string): boolean {
  return /^[^\s@]+@[^\s@]+$/.test(text.trim());
}

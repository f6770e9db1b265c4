import { hashPassword } from "better-auth/crypto";
import { z } from "zod";

export const PASSWORD_MIN_LENGTH = 12;
export const PASSWORD_MAX_LENGTH = 128;

/** Length is what makes a password hard to guess (NIST SP 800-63B 3.1.1.2): no rules about kinds of characters. */
export const passwordSchema = z
  .string()
  .min(PASSWORD_MIN_LENGTH, `a password has at least ${PASSWORD_MIN_LENGTH} characters`)
  .max(PASSWORD_MAX_LENGTH, `a password has at most ${PASSWORD_MAX_LENGTH} characters`);

export const emailSchema = z.string().trim().toLowerCase().max(254).pipe(z.email("this is not an e-mail address"));

export { hashPassword };

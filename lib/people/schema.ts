import { z } from "zod";
import { ROLES, type Role as RoleName } from "./roles";

export const Role = z.enum(ROLES);

/** Trimmed, lower-case, one `@`, plain ASCII: a look-alike address is not somebody else's. */
export const Email = z
  .string()
  .trim()
  .toLowerCase()
  .max(254)
  .regex(/^[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/, "is not an e-mail address");

export const PersonName = z
  .string()
  .trim()
  .min(1, "is empty")
  .max(200)
  .refine((text) => !/[\p{Cc}\p{Cf}\p{Co}\p{Cn}]/u.test(text), "holds characters that cannot be seen");

export const Roles = z
  .array(Role)
  .min(1, "names no role")
  .transform((roles) => ROLES.filter((role) => roles.includes(role)));

export const Person = z.object({
  id: z.uuid(),
  name: z.string(),
  email: z.string().nullable(),
  roles: z.array(Role),
  status: z.enum(["active", "disabled"]),
  signs_in: z.boolean().describe("false: has no account, so can never decide"),
  created_at: z.iso.datetime(),
});
export type Person = z.infer<typeof Person>;

/** Whoever is signed in. Roles and names were read from the database for this request. */
export interface SignedIn {
  tenant: string;
  personId: string;
  accountId: string;
  name: string;
  email: string;
  roles: RoleName[];
  hasPassword: boolean;
  /** SHA-256 of the session's secret: what the database knows it by. */
  sessionHash: Buffer;
}

import { z } from "zod";
import { context } from "@/lib/platform/context";
import { seal, unseal } from "@/lib/platform/secret";

export interface Receipt {
  tenant: string;
  person: string;
  endpoint: string;
}

const PURPOSE = "push receipt";
const Sealed = z.tuple([z.string(), z.string(), z.string()]);

/**
 * What a push carries so that its device can say that it was shown. Sealed, so it needs no session: when somebody is woken
 * at night, theirs has been over for hours.
 */
export const makeReceipt = ({ tenant, person, endpoint }: Receipt) =>
  seal(context().secret, PURPOSE, JSON.stringify([tenant, person, endpoint]));

/** @returns null when we did not make it */
export function readReceipt(text: string): Receipt | null {
  try {
    const [tenant, person, endpoint] = Sealed.parse(JSON.parse(unseal(context().secret, PURPOSE, text)));
    return { tenant, person, endpoint };
  } catch {
    return null;
  }
}

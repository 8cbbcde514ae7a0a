"use client";
import { useState } from "react";
import { useRouter } from "next/navigation";
import { ApiError, messageOf, ProposedInstead } from "./api";

/** Sends a form once at a time and keeps what went wrong, by field where the server says which. */
export function useForm() {
  const router = useRouter();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const fields = error instanceof ApiError ? error.errors : [];
  return {
    busy,
    /** What is wrong with one field, by its name in the body. */
    wrong: (name: string) => fields.find((each) => each.pointer === `/${name}` || each.pointer.startsWith(`/${name}/`))?.detail ?? null,
    /** What is wrong as a whole; in short where the fields say the rest. */
    failure: error === null ? null : error instanceof ApiError && fields.length ? error.title : messageOf(error),
    forget: () => setError(null),
    /** @returns true when it worked */
    send: async (work: () => Promise<void>): Promise<boolean> => {
      setBusy(true);
      setError(null);
      try {
        await work();
        return true;
      } catch (thrown) {
        // Whoever proposed something sees it next, and who may approve it.
        if (thrown instanceof ProposedInstead) router.push(`/changes/${thrown.change}`);
        else setError(thrown);
        return false;
      } finally {
        setBusy(false);
      }
    },
  };
}

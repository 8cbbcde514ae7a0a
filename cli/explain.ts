import { Problem } from "@/lib/platform/problem";

/** What went wrong, in words for the operator: what happened, what did not change, what to do. */
export function explain(error: unknown): string {
  if (error instanceof Problem) {
    const { detail } = error.details;
    return [error.title, ...(typeof detail === "string" ? [detail] : [])].join("\n");
  }
  if (!(error instanceof Error)) return String(error);
  const code = codeOf(error);
  if (code !== null && /^(ECONN\w+|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|ETIMEDOUT|08...|28...|3D000|53...|57P..)$/.test(code)) {
    return `The database could not be reached (${code}${error.message ? `: ${error.message}` : ""}). Nothing was changed.
Check DATABASE_URL, in the environment or in .env; without it the embedded database of LICET_DATA_DIR is used.`;
  }
  return error.message;
}

const codeOf = (error: Error) => ("code" in error && typeof error.code === "string" ? error.code : null);

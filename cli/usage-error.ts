/** The command was typed wrongly: exit code 2, where everything that was refused is 1. */
export class UsageError extends Error {
  override name = "UsageError";
}

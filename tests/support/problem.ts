import { ProblemBody } from "@/lib/api/problem";

/** What a refusal says: fails the test when the answer is no problem document. */
export async function problemOf(response: Response | Promise<Response>) {
  const answer = await response;
  const { code, status, errors = [], ...rest } = ProblemBody.parse(await answer.json());
  return { code, status, pointers: errors.map((error) => error.pointer ?? ""), ...rest };
}

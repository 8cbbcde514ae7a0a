import type { Operation, Touched } from "./schema";

/** One operation in words, for who approves it and for the list. Names come from what is stored, never from who proposes. */
export function describe(op: Operation, touched: Touched | undefined): string {
  const object = touched?.object ?? "";
  const is = (touched?.before ?? null) === null;
  switch (op.op) {
    case "save_tool":
      return is ? `Add the ${object} to the catalog` : `Change the ${object}`;
    case "remove_tool":
      return `Take the ${object} out of the catalog`;
    case "grant":
      return is ? `Grant ${op.grant.tool} to ${op.grant.agent}` : `Justify the ${object} anew`;
    case "revoke_grant":
      return `Revoke the ${object}`;
    case "save_chain":
      return is ? `Publish the ${object}` : `Change the ${object}`;
    case "remove_chain":
      return `Remove the ${object}`;
    case "publish_policy":
      return "Publish another policy";
    case "register_agent":
      return `Register the ${object}`;
    case "set_stage":
      return op.stage === "production" ? `Promote ${op.agent} to production` : `Put ${op.agent} back on trial`;
    case "update_agent":
      return `Change the ${object}`;
  }
}

import { catalogBindings } from "./bindings-tool";
import { bindJson, bindTime, type Bindings } from "./cel-values";
import type { Call } from "./call";
import { countRecipients } from "./recipients";

/**
 * A call as CEL sees it. What the caller did not say is not bound, so an expression that names it is an error, and errors
 * are on the strict side.
 * @throws Error when something in the call is beyond what expressions may hold
 */
export function bindCall(call: Call): Bindings {
  return bindJson(
    {
      tool: catalogBindings(call),
      arguments: call.arguments ?? {},
      resource: call.resource,
      scope: call.tool.scope,
      held: call.held ?? [],
      facts: call.facts ?? {},
      session: call.session,
      agent: call.agent,
      root_agent: call.root_agent ?? call.agent,
      stage: call.stage,
      recipients: countRecipients(call.arguments ?? {}, call.kinds),
    },
    call.now ? { now: bindTime(call.now) } : {},
  );
}

import { isDeepStrictEqual } from "node:util";
import type { Tool, ToolInput } from "../schema";
import { IMPACTS, REVERSIBILITIES } from "../terms";
import { toolInput } from "../tools";

/**
 * An imported tool beside the one of that name in the catalog. What people wrote about it stays. Where the source is as it
 * was when it was accepted nothing changes at all; where it differs (drift) the new definition comes without the
 * justification, so that the tool is high until somebody has looked, and what the source says of itself can only raise it.
 */
export function mergeImported(imported: ToolInput, known: Tool | undefined): ToolInput {
  if (!known) return imported;
  const kept = toolInput(known);
  const same = imported.pinned
    ? known.pinned?.hash === imported.pinned.hash
    : isDeepStrictEqual([imported.arguments, imported.method, imported.path], [kept.arguments, kept.method, kept.path]);
  if (same) return kept;
  const { justification: _looked, risk: _lowered, ...rest } = kept;
  return {
    ...rest,
    action: known.action === "read" ? imported.action : known.action,
    impact: later(IMPACTS, known.impact, imported.impact),
    reversibility: later(REVERSIBILITIES, known.reversibility, imported.reversibility),
    ...(imported.arguments ? { arguments: imported.arguments } : {}),
    ...(imported.pinned ? { pinned: imported.pinned } : {}),
  };
}

const later = <Word>(scale: readonly Word[], a: Word, b: Word): Word => (scale.indexOf(a) >= scale.indexOf(b) ? a : b);

"use client";
import Link from "next/link";
import { useState } from "react";
import { Dialog } from "@/components/ui/dialog";
import { Failure } from "@/components/ui/failure";
import { FormFailure } from "@/components/ui/form-failure";
import { Time } from "@/components/ui/time";
import { useToast } from "@/components/ui/toast";
import type { Block } from "@/lib/approvals/blocks";
import { useNow } from "@/lib/client/clock";
import { useBlocks, useLift, type BlockList } from "@/lib/client/use-blocks";
import { useForm } from "@/lib/client/use-form";
import { describeDuration } from "@/lib/platform/duration";

/**
 * Tools that are closed for an agent, because nobody answered. They open by themselves after an hour.
 * @param lifts  whether this person's roles may lift any; of which chain they are, the server says
 */
export function Blocks({ initial, lifts }: { initial: BlockList; lifts: boolean }) {
  const { data, error, refetch } = useBlocks(initial);
  const { items: blocks, now } = data;
  const [lifting, setLifting] = useState<Block | null>(null);
  if (error && !blocks.length) return <Failure error={error} retry={() => void refetch()} />;
  return (
    <section className="card">
      {blocks.length === 0 ? (
        <div className="empty">
          <b>Nothing is closed</b>
          <span>
            When nobody answers a request, its tool is closed for that agent for an hour, or until somebody of its chain lifts that.
          </span>
        </div>
      ) : (
        <table className="rows">
          <thead>
            <tr>
              <th>Tool</th>
              <th>Agent</th>
              <th className="hide">Because of</th>
              <th className="n">Opens in</th>
              {lifts ? (
                <th>
                  <span className="sr-only">Lift</span>
                </th>
              ) : null}
            </tr>
          </thead>
          <tbody>
            {blocks.map((block) => (
              <tr key={block.id}>
                <td>
                  <b>{block.title ?? block.tool}</b>
                  {block.title ? <div className="mono muted">{block.tool}</div> : null}
                </td>
                <td>{block.agent}</td>
                <td className="hide">
                  <Link className="link" href={`/approvals/${block.request_id}`}>
                    the request of <Time iso={block.created_at} style="minute" />
                  </Link>
                </td>
                <td className="n">
                  <Left until={block.ends_at} now={now} />
                </td>
                {lifts ? (
                  <td className="n">
                    <button type="button" className="btn small" onClick={() => setLifting(block)}>
                      Lift…
                    </button>
                  </td>
                ) : null}
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {lifting ? <Lift block={lifting} onClose={() => setLifting(null)} /> : null}
    </section>
  );
}

/** In whole minutes until the last one. */
function Left({ until, now: latest }: { until: string; now: string }) {
  const now = useNow(latest);
  const seconds = Math.max(0, Math.ceil((Date.parse(until) - now) / 1000));
  return <>{describeDuration(seconds < 60 ? seconds : Math.ceil(seconds / 60) * 60)}</>;
}

function Lift({ block, onClose }: { block: Block; onClose: () => void }) {
  const { busy, failure, send } = useForm();
  const lift = useLift();
  const say = useToast();
  const run = async () => {
    if (!(await send(() => lift(block)))) return;
    say(`${block.agent} may ask for ${block.tool} again.`);
    onClose();
  };
  return (
    <Dialog title="Lift this block?" open onClose={onClose}>
      <p>
        <b>{block.agent}</b> may then ask for <span className="mono">{block.tool}</span> again. Every call still needs its own decision. It
        takes a person of the chain that was silent.
      </p>
      <FormFailure text={failure} />
      <p className="acts mt-3 justify-end">
        <button type="button" className="btn small quiet" onClick={onClose}>
          Leave it closed
        </button>
        <button type="button" className="btn small primary" disabled={busy} onClick={() => void run()}>
          Lift it
        </button>
      </p>
    </Dialog>
  );
}

"use client";
import { useState } from "react";
import { Confirm } from "@/components/ui/confirm";
import { useToast } from "@/components/ui/toast";
import { useChainChanges } from "@/lib/client/use-chains";
import type { Chain } from "@/lib/escalation/schema";

/** Removes a chain that no rule asks, after saying what that means. */
export function RemoveChain({ chain, onRemoved }: { chain: Chain; onRemoved: () => void }) {
  const [asking, setAsking] = useState(false);
  const { remove } = useChainChanges();
  const toast = useToast();
  const act = async () => {
    await remove(chain.id);
    toast(`The chain ${chain.name} is removed.`);
    onRemoved();
  };
  return (
    <>
      <button type="button" className="btn small" onClick={() => setAsking(true)}>
        Remove…
      </button>
      {asking ? (
        <Confirm title={`Remove the chain ${chain.name}?`} act="Remove the chain" onAct={act} onClose={() => setAsking(false)}>
          <p>Requests of this chain that still wait have nobody left who may decide: they are denied.</p>
        </Confirm>
      ) : null}
    </>
  );
}

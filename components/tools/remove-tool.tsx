"use client";
import { useState } from "react";
import { Confirm } from "@/components/ui/confirm";
import { useToast } from "@/components/ui/toast";
import { useToolChanges } from "@/lib/client/use-tools";

/** Takes a tool out of the catalog, after saying what that means. */
export function RemoveTool({ name, onRemoved }: { name: string; onRemoved: () => void }) {
  const [asking, setAsking] = useState(false);
  const { remove } = useToolChanges();
  const toast = useToast();
  const act = async () => {
    await remove(name);
    toast(`${name} is out of the catalog.`);
    onRemoved();
  };
  return (
    <>
      <button type="button" className="btn small" onClick={() => setAsking(true)}>
        Remove…
      </button>
      {asking ? (
        <Confirm title={`Remove ${name}?`} act="Remove the tool" onAct={act} onClose={() => setAsking(false)}>
          <p>
            From then on every call of it is denied, whoever was granted it. Its versions stay readable in the requests that named it. Added
            again under its name, the grants that were not revoked count again.
          </p>
        </Confirm>
      ) : null}
    </>
  );
}

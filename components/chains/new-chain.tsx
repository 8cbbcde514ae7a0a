"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Dialog } from "@/components/ui/dialog";
import { TextField } from "@/components/ui/text-field";

const NAME = /^[a-z0-9][a-z0-9._-]{0,62}$/;

/** Asks for a name and opens the editor; nothing is there until it is published. */
export function NewChain({ taken, onClose }: { taken: string[]; onClose: () => void }) {
  const [name, setName] = useState("");
  const [tried, setTried] = useState(false);
  const router = useRouter();
  const wrong = !NAME.test(name)
    ? "A name is lower-case letters, digits, dots, dashes and underscores."
    : taken.includes(name)
      ? "There is a chain of that name."
      : null;
  return (
    <Dialog title="New chain" open onClose={onClose} typing>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (wrong === null) router.push(`/chains/${name}?new=1`);
        }}
      >
        <TextField
          label="Name"
          hint="A rule of the policy names the chain it asks: payments"
          wrong={tried ? wrong : null}
          value={name}
          onChange={setName}
          mono
          required
          maxLength={63}
        />
        <div className="acts">
          <button type="submit" className="btn primary">
            Choose its people
          </button>
          <button type="button" className="btn quiet" onClick={onClose}>
            Cancel
          </button>
        </div>
      </form>
    </Dialog>
  );
}

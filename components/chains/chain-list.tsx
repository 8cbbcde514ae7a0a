"use client";
import Link from "next/link";
import { useState } from "react";
import { Failure } from "@/components/ui/failure";
import { useChains, type ChainBook } from "@/lib/client/use-chains";
import { checkChain, describeChain } from "@/lib/escalation/check";
import type { Chain } from "@/lib/escalation/schema";
import { NewChain } from "./new-chain";

/** Who is asked when, chain by chain, in a sentence each. @param usedBy  by chain: what asks it, in words */
export function ChainList({ initial, changes, usedBy }: { initial: ChainBook; changes: boolean; usedBy: Record<string, string[]> }) {
  const { data, error, refetch } = useChains(initial);
  const [naming, setNaming] = useState(false);
  const add = (
    <button type="button" className="btn small primary" onClick={() => setNaming(true)}>
      New chain…
    </button>
  );
  return (
    <>
      <div className="crumb">
        <h1>Chains</h1>
        <span className="muted">{data.items.length || null}</span>
        <span className="sp" />
        {changes && data.items.length ? add : null}
      </div>
      <section className="card">
        {error ? (
          <Failure error={error} retry={() => void refetch()} />
        ) : data.items.length ? (
          data.items.map((chain) => <ChainRow key={chain.id} chain={chain} book={data} usedBy={usedBy[chain.name] ?? []} />)
        ) : (
          <div className="empty">
            <b>There is no chain</b>
            <p className="empty-text">
              A chain says whom to ask, and whom to ask next when nobody answers. Until there is one named default, whatever needs a person
              is denied.
            </p>
            {changes ? add : null}
          </div>
        )}
      </section>
      {naming ? <NewChain taken={data.items.map((chain) => chain.name)} onClose={() => setNaming(false)} /> : null}
    </>
  );
}

function ChainRow({ chain, book, usedBy }: { chain: Chain; book: ChainBook; usedBy: string[] }) {
  const people = new Map(book.people.map((person) => [person.id, person]));
  return (
    <div className="sec chain-row">
      <h2>
        <Link className="row-link" href={`/chains/${chain.name}`}>
          {chain.name}
        </Link>{" "}
        <span className="muted">{[`version ${chain.version}`, ...usedBy].join(" · ")}</span>
      </h2>
      <p>{describeChain(chain.levels, (id) => people.get(id)?.name ?? "somebody unknown", book.timeout)}</p>
      <div className="notes">
        {checkChain(chain.levels, people, book.timeout).map((finding) => (
          <div key={`${finding.level} ${finding.text}`} className={finding.severity === "error" ? "note bad" : "note"}>
            {finding.text}
          </div>
        ))}
      </div>
    </div>
  );
}

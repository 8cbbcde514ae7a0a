import type { ReactNode } from "react";

/** The frame of the pages before sign-in. */
export function Entrance({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className="page narrow">
      <p className="entrance-brand">
        <span className="brand">Licet</span> <span className="muted">where people decide what AI agents may do</span>
      </p>
      <section className="card">
        <div className="sec">
          <h1>{title}</h1>
        </div>
        <div className="sec">{children}</div>
      </section>
    </main>
  );
}

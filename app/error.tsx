"use client";

/** A page that could not be made. Nothing was changed by looking at it. */
export default function ErrorPage({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <main className="page narrow">
      <section className="card">
        <div className="empty" role="alert">
          <h1>This page could not be shown</h1>
          <span>Nothing was changed. What waits goes on waiting, and denies itself in time.</span>
          {error.digest ? <span className="mono">{error.digest}</span> : null}
          <button type="button" className="btn small" onClick={reset}>
            Try again
          </button>
        </div>
      </section>
    </main>
  );
}

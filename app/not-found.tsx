import Link from "next/link";

export default function NotFound() {
  return (
    <main className="page narrow">
      <section className="card">
        <div className="empty">
          <h1>Not here, or not yours to see</h1>
          <span>Whether something exists is only told to those who may read it.</span>
          <Link className="btn small" href="/inbox">
            To the inbox
          </Link>
        </div>
      </section>
    </main>
  );
}

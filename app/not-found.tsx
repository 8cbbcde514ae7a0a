import Link from "next/link";

export default function NotFound() {
  return (
    <main className="page narrow">
      <section className="card">
        <div className="empty">
          <b>Not here, or not yours to see</b>
          <span>Whether something exists is only told to those who may read it.</span>
          <Link className="btn small" href="/inbox">
            To the inbox
          </Link>
        </div>
      </section>
    </main>
  );
}

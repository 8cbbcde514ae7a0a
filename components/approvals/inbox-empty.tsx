import Link from "next/link";
import type { Tab } from "./inbox-filter";

/** Nothing is there: why, and what would change that. */
export function InboxEmpty({ tab, searching, decides, others }: { tab: Tab; searching: boolean; decides: boolean; others: number }) {
  if (searching) {
    return (
      <div className="empty">
        <b>Nothing matches</b>
        <Link className="link" href={tab === "mine" ? "/inbox" : `/inbox?tab=${tab}`}>
          Clear the search
        </Link>
      </div>
    );
  }
  if (tab === "done") {
    return (
      <div className="empty">
        <b>Nothing was decided yet</b>
      </div>
    );
  }
  if (tab === "mine" && !decides) {
    return (
      <div className="empty">
        <b>Nothing waits for you</b>
        <span>Your roles read requests and do not decide them.</span>
        <Link className="link" href="/inbox?tab=all">
          See all
        </Link>
      </div>
    );
  }
  return (
    <div className="empty">
      <b>Nothing waits{tab === "mine" ? " for you" : ""}</b>
      <span>A request appears here by itself, the moment an agent asks.</span>
      {tab === "mine" && others > 0 ? (
        <Link className="link" href="/inbox?tab=all">
          {others} wait for others
        </Link>
      ) : (
        <Link className="link" href="/welcome">
          Send a first request
        </Link>
      )}
    </div>
  );
}

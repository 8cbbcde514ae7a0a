import { Time } from "@/components/ui/time";
import { listNames } from "@/lib/escalation/check";
import { RISKS, type Risk } from "@/lib/catalog/terms";
import { describeDuration } from "@/lib/platform/duration";

/** The policy in force, to read: what the chains must fit, and the rules that ask them. */
export function PolicyCard({
  version,
  since,
  document,
  timeout,
}: {
  version: number;
  since: string;
  document: string;
  timeout: Record<Risk, number>;
}) {
  const deadlines = [...RISKS].reverse().map((risk) => `${describeDuration(timeout[risk])} at ${risk} risk`);
  return (
    <section className="card policy">
      <div className="sec">
        <h2 className="label">
          Policy in force{" "}
          <span>
            version {version}, since <Time iso={since} style="day" />
          </span>
        </h2>
        <p>Silence means no: after {listNames(deadlines)}. A call that no rule lets pass needs a person.</p>
      </div>
      <pre className="code" tabIndex={0} role="region" aria-label="Policy in force, YAML">
        {document}
      </pre>
    </section>
  );
}

// What a decision weighed: each open arm with the reward that was expected of it and its chance, as
// the log has them.
import { useGet } from '@/api/queries';
import { decimal, percent } from '@/lib/format';

interface Explanation {
  known: { levels: string[] };
  weighed: { arm: string; mean?: number; propensity?: number }[];
  chosen: { arm: string };
}

export function Weighed({ decisionId }: { decisionId: string }) {
  const { data } = useGet<Explanation>(`/api/explain/${encodeURIComponent(decisionId)}`);
  if (!data || data.weighed.length === 0) return null;
  return (
    <div className="mt-3" data-testid="weighed">
      <h3 className="mb-1.5 text-[0.857rem] font-medium text-ink-3">
        Weighed{data.known.levels.length ? ` for ${data.known.levels.join(', ')}` : ''}
      </h3>
      <ul className="space-y-1.5">
        {data.weighed.map((w) => {
          const chosen = w.arm === data.chosen.arm;
          return (
            <li
              key={w.arm}
              className="grid grid-cols-[6.5rem_minmax(0,1fr)_auto] items-center gap-3 text-[0.929rem]"
            >
              <span className={`truncate ${chosen ? 'font-semibold' : ''}`}>
                {w.arm}
                {chosen ? <span className="sr-only"> (chosen)</span> : null}
              </span>
              <span className="h-1.5 overflow-hidden rounded-full bg-line" aria-hidden="true">
                <span
                  className={`block h-full rounded-full ${chosen ? 'bg-accent' : 'bg-s7'}`}
                  style={{ width: `${(w.propensity ?? 0) * 100}%` }}
                />
              </span>
              <span className="num text-[0.857rem] text-ink-2">
                {w.mean === undefined ? '' : `expects ${decimal(w.mean, 3)}, `}
                {percent(w.propensity ?? 0, 1)} chance
              </span>
            </li>
          );
        })}
      </ul>
    </div>
  );
}

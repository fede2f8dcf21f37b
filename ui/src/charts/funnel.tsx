// A conversion funnel: bars that narrow, with what is lost between them.
import { count, duration, percent, words } from '@/lib/format';

export interface FunnelStep {
  step: string;
  sessions: number;
  dropOff: number;
  conversion: number;
  secondsFromPrevious: number;
}

export function Funnel({ steps, before }: { steps: FunnelStep[]; before?: FunnelStep[] }) {
  const first = steps[0]?.sessions || 1;
  return (
    <ol className="space-y-1" aria-label="Conversion funnel">
      {steps.map((s, i) => {
        const old = before?.find((b) => b.step === s.step);
        return (
          <li key={s.step}>
            {i > 0 ? (
              <div className="num flex items-center gap-2 py-1 pl-3 text-[0.857rem] text-ink-3">
                <span aria-hidden="true">↓</span>
                <span>
                  {percent(s.dropOff, 1)} dropped off
                  {s.secondsFromPrevious > 0
                    ? ` · ${duration(s.secondsFromPrevious)} on average to get here`
                    : ''}
                </span>
              </div>
            ) : null}
            <div className="relative h-14 overflow-hidden rounded-lg bg-sunken">
              <div
                aria-hidden="true"
                className="absolute inset-y-0 left-0 rounded-lg bg-accent-soft transition-[width] duration-500"
                style={{ width: `${Math.max((s.sessions / first) * 100, s.sessions ? 0.6 : 0)}%` }}
              >
                <div className="absolute inset-y-0 left-0 w-1 bg-accent" />
              </div>
              {old ? (
                <div
                  aria-hidden="true"
                  className="absolute inset-y-1 w-0.5 rounded bg-ink-3"
                  title="the period before"
                  style={{ left: `calc(${Math.min(old.conversion, 1) * 100}% - 1px)` }}
                />
              ) : null}
              <div className="absolute inset-0 flex items-center gap-3 pr-3 pl-4">
                <span className="grow truncate font-medium">{words(s.step)}</span>
                <span className="num text-right leading-tight">
                  <span className="block font-semibold">{percent(s.conversion, 1)}</span>
                  <span className="block text-[0.857rem] text-ink-2">
                    {count(s.sessions)} {s.sessions === 1 ? 'session' : 'sessions'}
                  </span>
                </span>
              </div>
            </div>
          </li>
        );
      })}
    </ol>
  );
}

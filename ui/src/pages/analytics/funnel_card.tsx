// The conversion funnel, of the usual steps or of those that a person chooses.
import { useState } from 'react';

import { analyticsPath, useAnalytics } from '@/api/queries';
import { Funnel, type FunnelStep } from '@/charts/funnel';
import { change, count, percent, words } from '@/lib/format';
import { isKept } from '@/lib/ranges';
import { AnalyticsCard } from '@/parts/analytics_card';
import { Button } from '@/parts/controls';
import { Delta } from '@/parts/figures';
import type { Period } from '@/parts/period';

const usual = ['VIEW', 'ADD_TO_CART', 'CHECKOUT', 'ORDER'];
const possible = [
  'VIEW',
  'CLICK',
  'SCROLL',
  'TIME_ON_PAGE',
  'SEARCH',
  'ADD_TO_CART',
  'REMOVE_FROM_CART',
  'CHECKOUT',
  'ORDER',
];
const FEWEST = 2;
const MOST = 8;

type FunnelRow = FunnelStep & Record<string, number | string>;

export function FunnelCard({ period }: { period: Period }) {
  const [steps, setSteps] = useState(usual);
  const [choosing, setChoosing] = useState(false);
  const asked = { ...period.range, steps: steps.join(',') };
  const comparable = period.compare && isKept(period.before, Date.now());
  const now = useAnalytics<FunnelRow>('funnel', asked);
  const before = useAnalytics<FunnelRow>(
    'funnel',
    { ...period.before, steps: steps.join(',') },
    60_000,
    comparable,
  );
  const toggle = (step: string) => {
    const next = steps.includes(step) ? steps.filter((s) => s !== step) : [...steps, step];
    // In the order in which shoppers go, whatever order they were clicked in.
    setSteps(possible.filter((s) => next.includes(s)));
  };
  return (
    <AnalyticsCard
      title="Conversion funnel"
      note="Sessions that reached a step and all before it, in this order"
      of={now}
      path={analyticsPath('funnel', asked)}
      empty={(a) => !choosing && Number(a.totals.sessions) === 0}
      emptyText="Sessions that begin in this range appear here."
      actions={
        <Button
          small
          kind={choosing ? 'main' : 'quiet'}
          aria-expanded={choosing}
          onClick={() => setChoosing(!choosing)}
        >
          Steps
        </Button>
      }
    >
      {(answer) => (
        <>
          {choosing ? (
            <fieldset className="mb-3 flex flex-wrap gap-1.5">
              <legend className="sr-only">Steps of the funnel</legend>
              {possible.map((step) => {
                const on = steps.includes(step);
                const fixed = on ? steps.length <= FEWEST : steps.length >= MOST;
                return (
                  <Button
                    key={step}
                    small
                    kind={on ? 'main' : 'plain'}
                    aria-pressed={on}
                    disabled={fixed}
                    onClick={() => toggle(step)}
                  >
                    {words(step)}
                  </Button>
                );
              })}
            </fieldset>
          ) : null}
          <div className="mb-3 flex flex-wrap items-baseline gap-x-3">
            <span className="num text-[1.71rem] leading-tight font-semibold tracking-[-0.025em]">
              {percent(Number(answer.totals.conversion), 1)}
            </span>
            {comparable && before.data ? (
              <Delta
                value={change(Number(answer.totals.conversion), Number(before.data.totals.conversion))}
                better="more"
              />
            ) : null}
            <span className="num text-[0.929rem] text-ink-2">
              of {count(Number(answer.totals.sessions))} sessions
            </span>
          </div>
          <Funnel steps={answer.rows} before={comparable ? before.data?.rows : undefined} />
        </>
      )}
    </AnalyticsCard>
  );
}

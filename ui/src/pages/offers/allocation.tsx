// How offers were divided among the arms as time went on: the policy at work.
import { useMemo } from 'react';

import { analyticsPath, useAnalytics } from '@/api/queries';
import { Legend, TimeSeries, type Series } from '@/charts/time_series';
import { percent } from '@/lib/format';
import { AnalyticsCard } from '@/parts/analytics_card';
import type { Period } from '@/parts/period';

import { armColors, armKey, armName, type ArmRow } from './arms';

type TimedRow = ArmRow & { t: number };

/** Shares of each arm by bucket; buckets without an offer have none. */
export function sharesOverTime(rows: TimedRow[]): {
  times: number[];
  arms: { row: TimedRow; shares: (number | null)[] }[];
} {
  const times = [...new Set(rows.map((row) => row.t))].sort((a, b) => a - b);
  const at = new Map(times.map((t, i) => [t, i]));
  const sums = new Array<number>(times.length).fill(0);
  for (const row of rows) sums[at.get(row.t)!]! += row.served;
  const arms = new Map<string, { row: TimedRow; shares: (number | null)[] }>();
  for (const row of rows) {
    const key = armKey(row);
    let arm = arms.get(key);
    if (!arm) arms.set(key, (arm = { row, shares: sums.map((sum) => (sum > 0 ? 0 : null)) }));
    const i = at.get(row.t)!;
    if (sums[i]! > 0) arm.shares[i] = row.served / sums[i]!;
  }
  return { times, arms: [...arms.values()].sort((a, b) => armKey(a.row).localeCompare(armKey(b.row))) };
}

export function Allocation({ period }: { period: Period }) {
  const question = { ...period.range, by: 'time' };
  const timed = useAnalytics<TimedRow>('offers', question);
  const drawn = useMemo(() => {
    if (!timed.data) return undefined;
    const { times, arms } = sharesOverTime(timed.data.rows);
    const rows = arms.map((a) => a.row);
    const colors = armColors(rows.map(armKey));
    const series: Series[] = arms.map(({ row, shares }) => ({
      label: armName(row, rows),
      color: colors.get(armKey(row))!,
      values: shares,
      format: (n) => percent(n, 0),
    }));
    return { times, series };
  }, [timed.data]);
  return (
    <AnalyticsCard
      title="Allocation over time"
      note="Share of the offers that each arm got"
      of={timed}
      path={analyticsPath('offers', question)}
      empty={(a) => a.rows.length === 0}
      emptyText="No offer was made."
      height={260}
    >
      {(answer) =>
        drawn ? (
          <>
            <TimeSeries
              times={drawn.times}
              series={drawn.series}
              granularity={answer.granularity}
              kind="stacked-bars"
              height={250}
              max={1}
              axisFormat={(n) => percent(n, 0)}
              label={`Share of offers by arm over time, ${drawn.series.map((s) => s.label).join(', ')}`}
            />
            <div className="mt-3">
              <Legend series={drawn.series} />
            </div>
          </>
        ) : null
      }
    </AnalyticsCard>
  );
}

import { analyticsPath, useAnalytics } from '@/api/queries';
import { count, percent, words } from '@/lib/format';
import { AnalyticsCard } from '@/parts/analytics_card';
import { BarList } from '@/parts/figures';

const colors = ['var(--s1)', 'var(--s3)', 'var(--s2)', 'var(--s5)', 'var(--s6)', 'var(--s4)'];

/** How many users each segment has. */
export function SegmentsCard() {
  const segments = useAnalytics('segments', {}, 20_000);
  return (
    <AnalyticsCard
      title="Segments"
      note="As they are now"
      of={segments}
      path={analyticsPath('segments')}
      empty={(a) => Number(a.totals.users) === 0}
      emptyText="No user is known yet."
    >
      {(answer) => (
        <>
          <p className="num mb-3 text-[1.71rem] leading-tight font-semibold tracking-[-0.025em]">
            {count(Number(answer.totals.users))}{' '}
            <span className="text-[0.929rem] font-normal text-ink-2">users</span>
          </p>
          <BarList
            rows={answer.rows.map((row, i) => ({
              key: String(row.segment),
              name: words(String(row.segment)),
              value: Number(row.users),
              shown: count(Number(row.users)),
              note: percent(Number(row.share), 1),
              color: colors[i % colors.length],
            }))}
          />
        </>
      )}
    </AnalyticsCard>
  );
}

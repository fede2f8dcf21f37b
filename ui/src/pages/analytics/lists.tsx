// Short lists: what is looked at more than before, and what is searched for.
import { analyticsPath, useAnalytics } from '@/api/queries';
import { category, count, decimal, percent } from '@/lib/format';
import { AnalyticsCard } from '@/parts/analytics_card';
import { BarList } from '@/parts/figures';
import { ItemName } from '@/parts/links';
import type { Period } from '@/parts/period';
import { Table } from '@/parts/table';

export function TrendingCard({ period }: { period: Period }) {
  const question = {
    category: period.category || undefined,
    // Trends of more than a day are no trends against the 72 hours that the score looks back.
    ...(period.range.to - period.range.from <= 86_400_000
      ? { from: period.range.from, to: period.range.to }
      : {}),
    limit: 12,
  };
  const trending = useAnalytics('trending', question);
  return (
    <AnalyticsCard
      title="Trending"
      note="Looked at more than the day before makes one expect"
      of={trending}
      path={analyticsPath('trending', question)}
      flush
      empty={(a) => a.rows.length === 0}
      emptyText="An item trends once it is met more often than its own past."
    >
      {(answer) => (
        <Table
          caption="Trending items"
          height="max-h-80"
          rows={answer.rows}
          rowKey={(row) => String(row.productId)}
          columns={[
            {
              key: 'productId',
              name: 'Item',
              wide: true,
              cell: (row) => (
                <>
                  <ItemName id={String(row.productId)} />
                  <span className="block text-[0.857rem] text-ink-3">{category(String(row.category))}</span>
                </>
              ),
            },
            { key: 'contacts', name: 'Met', right: true, cell: (row) => count(Number(row.contacts)) },
            {
              key: 'growth',
              name: 'Growth',
              right: true,
              cell: (row) => `×${decimal(Number(row.growth), 1)}`,
            },
            { key: 'score', name: 'Score', right: true, cell: (row) => decimal(Number(row.score), 1) },
          ]}
        />
      )}
    </AnalyticsCard>
  );
}

export function SearchesCard({ period }: { period: Period }) {
  const question = { ...period.range, limit: 12 };
  const searches = useAnalytics('searches', question);
  return (
    <AnalyticsCard
      title="Searches"
      note="As they were typed"
      of={searches}
      path={analyticsPath('searches', question)}
      empty={(a) => a.rows.length === 0}
      emptyText="Nobody has searched."
    >
      {(answer) => (
        <BarList
          color="var(--s5)"
          rows={answer.rows.map((row) => ({
            key: String(row.query),
            name: String(row.query),
            value: Number(row.searches),
            shown: count(Number(row.searches)),
            note: percent(Number(row.share), 1),
          }))}
        />
      )}
    </AnalyticsCard>
  );
}

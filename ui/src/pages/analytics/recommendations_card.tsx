import { useState } from 'react';

import { analyticsPath, useAnalytics } from '@/api/queries';
import { count, percent, short, words } from '@/lib/format';
import { AnalyticsCard } from '@/parts/analytics_card';
import { Segmented } from '@/parts/controls';
import type { Period } from '@/parts/period';
import { Table } from '@/parts/table';

/** Whether what was shown was what people then took. */
export function RecommendationsCard({ period }: { period: Period }) {
  const [by, setBy] = useState<'source' | 'reason'>('source');
  const question = { ...period.range, by };
  const served = useAnalytics('recommendations', question);
  return (
    <AnalyticsCard
      title="Recommendations"
      note="Items shown, and those the shopper met or took within 30 minutes"
      of={served}
      path={analyticsPath('recommendations', question)}
      flush
      empty={(a) => Number(a.totals.served) === 0}
      emptyText="No list was asked for."
      actions={
        <Segmented
          label="Recommendations by"
          value={by}
          onChange={setBy}
          options={[
            { value: 'source', label: 'Source' },
            { value: 'reason', label: 'Reason' },
          ]}
        />
      }
    >
      {(answer) => {
        const t = answer.totals;
        const figures: [string, string][] = [
          ['Clicked', percent(Number(t.ctr))],
          ['Converted', percent(Number(t.conversion))],
          ['Catalogue covered', percent(Number(t.coverage), 0)],
          ['Lists', short(Number(t.lists))],
        ];
        return (
          <>
            <dl className="grid grid-cols-2 gap-x-4 gap-y-2 px-4 pb-3 sm:grid-cols-4 sm:px-5">
              {figures.map(([name, value]) => (
                <div key={name}>
                  <dt className="truncate text-[0.857rem] text-ink-3">{name}</dt>
                  <dd className="num text-[1.14rem] font-semibold">{value}</dd>
                </div>
              ))}
            </dl>
            <Table
              caption={`Recommendations by ${by}`}
              height="max-h-72"
              rows={answer.rows.filter((row) => row[by] !== undefined)}
              rowKey={(row) => String(row[by])}
              columns={[
                {
                  key: by,
                  name: by === 'source' ? 'Source' : 'Reason',
                  cell: (row) => words(String(row[by])),
                },
                { key: 'served', name: 'Shown', right: true, cell: (row) => count(Number(row.served)) },
                { key: 'ctr', name: 'Clicked', right: true, cell: (row) => percent(Number(row.ctr)) },
                {
                  key: 'conversion',
                  name: 'Converted',
                  right: true,
                  cell: (row) => percent(Number(row.conversion)),
                },
              ]}
            />
          </>
        );
      }}
    </AnalyticsCard>
  );
}

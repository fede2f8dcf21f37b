import { useState } from 'react';

import { analyticsPath, useAnalytics } from '@/api/queries';
import { category, count, moneyShort } from '@/lib/format';
import { AnalyticsCard } from '@/parts/analytics_card';
import { Segmented } from '@/parts/controls';
import { BarList } from '@/parts/figures';
import type { Period } from '@/parts/period';

/** What was sold, by category or by brand. */
export function RevenueByCard({ period }: { period: Period }) {
  const [by, setBy] = useState<'category' | 'brand'>('category');
  const question = { ...period.range, by, category: period.category || undefined, limit: 10 };
  const revenue = useAnalytics('revenue', question);
  return (
    <AnalyticsCard
      title={`Revenue by ${by}`}
      of={revenue}
      path={analyticsPath('revenue', question)}
      empty={(a) => !a.rows.some((row) => row[by] !== undefined && Number(row.revenue) > 0)}
      emptyText="Nothing was sold."
      actions={
        <Segmented
          label="Revenue by"
          value={by}
          onChange={setBy}
          options={[
            { value: 'category', label: 'Category' },
            { value: 'brand', label: 'Brand' },
          ]}
        />
      }
    >
      {(answer) => (
        <BarList
          rows={answer.rows
            .filter((row) => row[by] !== undefined && Number(row.revenue) > 0)
            .map((row) => ({
              key: String(row[by]),
              name: by === 'category' ? category(String(row[by])) : String(row[by]),
              value: Number(row.revenue),
              shown: moneyShort(Number(row.revenue)),
              note: `${count(Number(row.units))} sold`,
            }))}
        />
      )}
    </AnalyticsCard>
  );
}

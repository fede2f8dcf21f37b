import { useState } from 'react';

import { analyticsPath, useAnalytics } from '@/api/queries';
import { category, count, money, moneyShort } from '@/lib/format';
import { AnalyticsCard } from '@/parts/analytics_card';
import { Field, Select } from '@/parts/controls';
import { ItemName } from '@/parts/links';
import type { Period } from '@/parts/period';
import { Table } from '@/parts/table';

const ranks = { views: 'views', carts: 'carts', units: 'units', revenue: 'revenue' } as const;
type Rank = keyof typeof ranks;

/** The best items of each category. */
export function TopProductsCard({ period }: { period: Period }) {
  const [rank, setRank] = useState<Rank>('views');
  const question = { ...period.range, category: period.category || undefined, rank, limit: 5 };
  const top = useAnalytics('top_products_by_category', question);
  return (
    <AnalyticsCard
      title="Top products"
      note="The best five of each category"
      of={top}
      path={analyticsPath('top_products_by_category', question)}
      flush
      empty={(a) => a.rows.length === 0}
      emptyText="No item was met."
      actions={
        <Field label="Ranked by" hide>
          <Select className="h-8!" value={rank} onChange={(e) => setRank(e.target.value as Rank)}>
            {Object.keys(ranks).map((name) => (
              <option key={name} value={name}>
                by {name}
              </option>
            ))}
          </Select>
        </Field>
      }
    >
      {(answer) => (
        <Table
          caption="Top products by category"
          height="max-h-80"
          rows={answer.rows}
          rowKey={(row) => `${row.category} ${row.productId}`}
          columns={[
            {
              key: 'position',
              name: '',
              cell: (row) => <span className="text-ink-3">{String(row.position)}</span>,
            },
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
            { key: 'views', name: 'Views', right: true, cell: (row) => count(Number(row.views)) },
            { key: 'carts', name: 'Carts', right: true, cell: (row) => count(Number(row.carts)) },
            { key: 'units', name: 'Sold', right: true, cell: (row) => count(Number(row.units)) },
            {
              key: 'revenue',
              name: 'Revenue',
              right: true,
              cell: (row) => (
                <span title={money(Number(row.revenue))}>{moneyShort(Number(row.revenue))}</span>
              ),
            },
          ]}
        />
      )}
    </AnalyticsCard>
  );
}

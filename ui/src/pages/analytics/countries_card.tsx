import { analyticsPath, useAnalytics } from '@/api/queries';
import { count, country, moneyShort, percent } from '@/lib/format';
import { AnalyticsCard } from '@/parts/analytics_card';
import type { Period } from '@/parts/period';
import { Table } from '@/parts/table';

/** Where the events and the orders of the range came from. */
export function CountriesCard({ period }: { period: Period }) {
  const question = { ...period.range, limit: 50 };
  const countries = useAnalytics('countries', question);
  return (
    <AnalyticsCard
      title="Countries"
      note="By the shopper’s address"
      of={countries}
      path={analyticsPath('countries', question)}
      flush
      empty={(a) => a.rows.length === 0}
      emptyText="No event yet."
    >
      {(answer) => (
        <Table
          caption="Countries"
          height="max-h-72"
          rows={answer.rows}
          rowKey={(row) => String(row.country)}
          columns={[
            { key: 'country', name: 'Country', cell: (row) => country(String(row.country)) },
            { key: 'events', name: 'Events', right: true, cell: (row) => count(Number(row.events)) },
            { key: 'share', name: 'Share', right: true, cell: (row) => percent(Number(row.share), 1) },
            { key: 'orders', name: 'Orders', right: true, cell: (row) => count(Number(row.orders)) },
            { key: 'revenue', name: 'Revenue', right: true, cell: (row) => moneyShort(Number(row.revenue)) },
          ]}
        />
      )}
    </AnalyticsCard>
  );
}

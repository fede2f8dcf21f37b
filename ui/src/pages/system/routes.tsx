import type { NodeStatus } from '@/api/types';
import { count, milliseconds } from '@/lib/format';
import { Empty } from '@/parts/states';
import { Card } from '@/parts/surface';
import { Table } from '@/parts/table';

/** Every route that was asked since the start. */
export function Routes({ node }: { node: NodeStatus }) {
  const rows = [...node.http.routes].sort((a, b) => b.requests - a.requests);
  return (
    <Card title="Routes" note="Since the start" flush>
      {rows.length === 0 ? (
        <Empty title="No request yet" />
      ) : (
        <Table
          caption="Routes since the start"
          height="max-h-[26rem]"
          rows={rows}
          rowKey={(row) => row.route}
          columns={[
            {
              key: 'route',
              name: 'Route',
              cell: (row) => <span className="font-mono text-[0.857rem]">{row.route}</span>,
            },
            { key: 'requests', name: 'Requests', right: true, cell: (row) => count(row.requests) },
            { key: 'p50', name: 'p50', right: true, cell: (row) => milliseconds(row.p50Ms) },
            { key: 'p99', name: 'p99', right: true, cell: (row) => milliseconds(row.p99Ms) },
          ]}
        />
      )}
    </Card>
  );
}

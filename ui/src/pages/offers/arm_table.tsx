import type { UseQueryResult } from '@tanstack/react-query';

import type { ApiError } from '@/api/client';
import type { Analytics } from '@/api/types';
import { belief } from '@/lib/beta';
import { count, decimal, moneyShort, percent, percentRange } from '@/lib/format';
import { AnalyticsCard } from '@/parts/analytics_card';
import { Table } from '@/parts/table';

import { armKey, armName, type ArmRow } from './arms';

/** Every figure of every arm. */
export function ArmTable({ of, path }: { of: UseQueryResult<Analytics<ArmRow>, ApiError>; path: string }) {
  return (
    <AnalyticsCard title="Arms" note="Intervals hold with 90 % certainty" of={of} path={path} flush>
      {(answer) => (
        <Table
          caption="Arms and what they brought"
          rows={answer.rows}
          rowKey={armKey}
          columns={[
            {
              key: 'arm',
              name: 'Arm',
              cell: (row) => <span className="font-medium">{armName(row, answer.rows)}</span>,
            },
            { key: 'served', name: 'Made', right: true, cell: (row) => count(row.served) },
            { key: 'accepted', name: 'Accepted', right: true, cell: (row) => count(row.accepted) },
            {
              key: 'acceptance',
              name: 'Rate',
              right: true,
              cell: (row) => {
                const is = belief(row.accepted, row.served, 1, 9);
                return (
                  <>
                    {percent(row.acceptance, 1)}{' '}
                    <span className="text-ink-3">({percentRange(is.low, is.high, 0)})</span>
                  </>
                );
              },
            },
            { key: 'reward', name: 'Reward', right: true, cell: (row) => decimal(row.reward, 1) },
            { key: 'value', name: 'Orders', right: true, cell: (row) => moneyShort(row.value) },
            { key: 'explored', name: 'Explored', right: true, cell: (row) => percent(row.exploredShare, 0) },
          ]}
        />
      )}
    </AnalyticsCard>
  );
}

// Where the events of the last day came from.
import type { UseQueryResult } from '@tanstack/react-query';

import type { ApiError } from '@/api/client';
import type { Analytics } from '@/api/types';
import { count, country, percent } from '@/lib/format';
import { BarList } from '@/parts/figures';
import { Answer, Empty } from '@/parts/states';
import { Card } from '@/parts/surface';

export function Countries({ of }: { of: UseQueryResult<Analytics, ApiError> }) {
  return (
    <Card title="Countries" note="Events of the last 24 hours, by the shopper’s address">
      <Answer
        of={of}
        empty={(a) => a.rows.length === 0}
        whenEmpty={<Empty title="No events yet">Countries appear with the first events.</Empty>}
      >
        {(answer) => (
          <>
            <BarList
              rows={answer.rows.slice(0, 8).map((row) => ({
                key: String(row.country),
                name: country(String(row.country)),
                value: Number(row.events),
                shown: count(Number(row.events)),
                note: percent(Number(row.share), 1),
              }))}
            />
            {answer.rows.length === 1 && answer.rows[0]?.country === '(none)' ? (
              <p className="mt-3 text-[0.857rem] text-ink-3">
                Addresses of this machine and of private networks have no country.
              </p>
            ) : null}
          </>
        )}
      </Answer>
    </Card>
  );
}

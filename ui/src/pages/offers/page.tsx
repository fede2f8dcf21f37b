// Offers: what each arm brings, how the policy divides offers among them, and what is believed.
import { analyticsPath, useAnalytics } from '@/api/queries';
import { change, count, moneyShort, percent, short } from '@/lib/format';
import { isKept } from '@/lib/ranges';
import { Stat } from '@/parts/figures';
import { CompareChoice, RangeChoice, usePeriod } from '@/parts/period';
import { Answer, Empty } from '@/parts/states';
import { PageHeader } from '@/parts/surface';

import { Allocation } from './allocation';
import { ArmTable } from './arm_table';
import { Beliefs } from './beliefs';
import { Campaigns } from './campaigns';
import { Explored } from './explored';
import type { ArmRow } from './arms';

export default function OffersPage() {
  const period = usePeriod('1h');
  const comparable = period.compare && isKept(period.before, Date.now());
  const now = useAnalytics<ArmRow>('offers', period.range);
  const before = useAnalytics<ArmRow>('offers', period.before, 60_000, comparable);
  const t = now.data?.totals;
  const old = comparable ? before.data?.totals : undefined;
  const delta = (name: string) =>
    comparable && t
      ? { value: change(Number(t[name]), old ? Number(old[name]) : undefined), better: 'more' as const }
      : undefined;
  const loading = now.data === undefined && !now.error;
  const path = analyticsPath('offers', period.range);
  return (
    <>
      <PageHeader
        title="Offers"
        lead="Each arm of a campaign is tried, learned from, and made as often as it deserves."
      />
      <div className="mb-4 flex flex-wrap items-center gap-x-4 gap-y-2.5">
        <RangeChoice period={period} />
        <CompareChoice period={period} />
      </div>
      <Answer
        of={now}
        empty={(a) => Number(a.totals.served) === 0}
        whenEmpty={
          <Empty title="No offer was made in this range" icon="offers">
            GET /api/offers/{'{userId}'} makes one; the User page has a button for it.
          </Empty>
        }
        loading={<Tiles loading />}
      >
        {(answer) => (
          <>
            <Tiles loading={loading} t={answer.totals} delta={delta} />
            <div className="mt-4 grid grid-cols-1 gap-4 lg:grid-cols-2">
              <Campaigns />
              <Beliefs rows={answer.rows} />
              <Allocation period={period} />
              <Explored rows={answer.rows} totals={answer.totals} />
              <ArmTable of={now} path={path} />
            </div>
          </>
        )}
      </Answer>
    </>
  );
}

interface TilesProps {
  loading?: boolean;
  t?: Record<string, number | string>;
  delta?: (name: string) => { value: number | undefined; better: 'more' } | undefined;
}

function Tiles({ loading, t, delta }: TilesProps) {
  const n = (name: string) => Number(t?.[name] ?? 0);
  return (
    <div className="grid grid-cols-2 gap-3 md:grid-cols-3 xl:grid-cols-5">
      <Stat
        label="Offers made"
        value={short(n('served'))}
        delta={delta?.('served')}
        loading={loading}
        testId="offers-served"
      />
      <Stat
        label="Accepted"
        value={percent(n('acceptance'), 1)}
        note={`${count(n('accepted'))} of them`}
        delta={delta?.('acceptance')}
        loading={loading}
        testId="offers-acceptance"
      />
      <Stat label="Reward" value={short(n('reward'))} delta={delta?.('reward')} loading={loading} />
      <Stat
        label="Orders that named one"
        value={moneyShort(n('value'))}
        delta={delta?.('value')}
        loading={loading}
      />
      <Stat
        label="Explored"
        value={percent(n('exploredShare'), 1)}
        note={`${count(n('explored'))} offers made to learn`}
        loading={loading}
      />
    </div>
  );
}

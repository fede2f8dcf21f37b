// The figures over the Live page: from the stream's ticks, with the last hour behind them.
import { useAnalytics } from '@/api/queries';
import { count, decimal, money, moneyShort } from '@/lib/format';
import { useNow } from '@/lib/now';
import { rangeChoices, rangeOf } from '@/lib/ranges';
import { Stat } from '@/parts/figures';

import { rateHere, type LiveState } from './store';

const hour = rangeChoices.find((r) => r.id === '1h')!;

export function Figures({ live }: { live: LiveState }) {
  const now = useNow(15_000);
  const range = rangeOf(hour, now);
  const events = useAnalytics('events', range, 15_000);
  const revenue = useAnalytics('revenue', range, 15_000);
  const users = useAnalytics('active_users', range, 15_000);
  const tick = live.ticks.at(-1);
  const course = (rows: Record<string, number | string>[] | undefined, name: string) =>
    // The last bucket has only begun, so it would always fall.
    (rows ?? []).slice(0, -1).map((row) => Number(row[name]));
  // Ticks are of whole minutes: in a node's first one, what came here tells more.
  const here = tick && tick.eventsPerSec === 0 ? rateHere(live.seconds) : undefined;
  const viewsSoFar = Number(events.data?.rows.at(-1)?.VIEW ?? 0);
  const loading = !tick;
  return (
    <div
      className="grid grid-cols-2 gap-3 md:grid-cols-3 xl:grid-cols-6"
      aria-label="Figures now"
      role="group"
    >
      <Stat
        label="Events a second"
        value={tick ? decimal(here ?? tick.eventsPerSec, 1) : ''}
        note={here === undefined ? 'over the last minute' : 'just now'}
        course={course(events.data?.rows, 'events')}
        loading={loading}
        testId="events-per-sec"
      />
      <Stat
        label="Views a minute"
        value={tick ? count(tick.viewsPerMinute || viewsSoFar) : ''}
        note={tick && tick.viewsPerMinute === 0 && viewsSoFar > 0 ? 'so far in this one' : 'last hour below'}
        course={course(events.data?.rows, 'VIEW')}
        color="var(--s3)"
        loading={loading}
      />
      <Stat
        label="Shoppers now"
        value={tick ? count(tick.usersNow) : ''}
        note={tick ? `${count(tick.sessionsNow)} sessions` : ''}
        course={course(users.data?.rows, 'users')}
        color="var(--s5)"
        loading={loading}
      />
      <Stat
        label="Open carts"
        value={tick ? count(tick.openCarts) : ''}
        note={tick ? `worth ${moneyShort(tick.openCartValue)}` : ''}
        course={course(events.data?.rows, 'ADD_TO_CART')}
        color="var(--s2)"
        loading={loading}
      />
      <Stat
        label="Orders, last hour"
        value={tick ? count(tick.ordersLastHour) : ''}
        note={
          tick && tick.ordersLastHour
            ? `${money(tick.revenueLastHour / tick.ordersLastHour)} each`
            : 'none yet'
        }
        course={course(revenue.data?.rows, 'orders')}
        loading={loading}
      />
      <Stat
        label="Revenue, last hour"
        value={tick ? moneyShort(tick.revenueLastHour) : ''}
        note={tick?.partial ? 'some shards did not answer' : ''}
        course={course(revenue.data?.rows, 'revenue')}
        loading={loading}
      />
    </div>
  );
}

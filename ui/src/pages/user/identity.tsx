// Who the shopper is, and the features that decisions are made from.
import type { Features, Inspected } from '@/api/types';
import { ago, count, country, duration, full, money, percent, words } from '@/lib/format';
import { Badge } from '@/parts/controls';
import { Stat } from '@/parts/figures';

import { bySession } from './session';

const DAYS = 14;

/** The last days, oldest first, with zeros where nothing happened. `day` counts from 1970. */
export function lastDays(buckets: { day: number; count: number }[] | undefined, today: number): number[] {
  const known = new Map((buckets ?? []).map((b) => [b.day, b.count]));
  return Array.from({ length: DAYS }, (_, i) => known.get(today - DAYS + 1 + i) ?? 0);
}

export function Identity({ features, inspected }: { features: Features; inspected: Inspected | undefined }) {
  const f = features.features;
  const lastActive = Date.parse(f.last_active);
  const engine = inspected ? Date.parse(inspected.engineTime) : Date.now();
  const today = Math.floor(engine / 86_400_000);
  const state = inspected?.state;
  const sessions = bySession(state?.touches ?? []).map(
    (s) => (s.touches[0]!.time - s.touches.at(-1)!.time) / 1000,
  );
  const known = features.totals.events > 0;
  return (
    <section aria-label="Identity and features">
      <div className="mb-3 flex flex-wrap items-center gap-x-3 gap-y-1.5">
        <h2 className="font-mono text-[1.25rem] font-semibold tracking-[-0.02em]" data-testid="user-id">
          {features.userId}
        </h2>
        <Badge tone={features.segment === 'high_value' ? 'accent' : 'plain'}>{words(features.segment)}</Badge>
        {inspected ? (
          <Badge tone={inspected.resident ? 'good' : 'plain'} title="Whether the actor is in memory now">
            {inspected.resident ? 'In memory' : inspected.known ? 'Passivated' : 'Not known yet'}
          </Badge>
        ) : null}
        {features.stale ? <Badge tone="warn">Catching up</Badge> : null}
        <p className="text-[0.929rem] text-ink-2">
          {known ? (
            <>
              Last active{' '}
              <time dateTime={f.last_active} title={full(lastActive)}>
                {ago(lastActive, engine)}
              </time>
              , first seen {ago(Date.parse(features.firstSeen), engine)}
              {features.country ? `, from ${country(features.country)}` : ''}
            </>
          ) : (
            'Nobody with this id was seen yet: recommendations are what is trending.'
          )}
        </p>
      </div>
      <div className="grid grid-cols-2 gap-3 md:grid-cols-3 xl:grid-cols-6">
        <Stat
          label="Views, 7 days"
          value={count(f.views_7d)}
          note={`last ${DAYS} days below`}
          course={lastDays(state?.viewsByDay, today)}
          color="var(--s3)"
          testId="views-7d"
        />
        <Stat
          label="Purchases, 30 days"
          value={count(f.purchases_30d)}
          note={features.spend_30d ? `${money(features.spend_30d)} spent` : 'nothing spent'}
          course={lastDays(state?.purchasesByDay, today)}
        />
        <Stat
          label="Mean session"
          value={duration(f.avg_session_sec)}
          note={`${count(features.sessions)} ${features.sessions === 1 ? 'session' : 'sessions'}`}
          course={sessions.reverse()}
          color="var(--s5)"
        />
        <Stat
          label="Price sensitivity"
          value={percent(f.price_sensitivity, 0)}
          note={
            f.price_sensitivity > 0.6
              ? 'looks for bargains'
              : f.price_sensitivity < 0.4
                ? 'takes the dearer'
                : 'neither way'
          }
          meter={f.price_sensitivity}
          color="var(--s2)"
        />
        <Stat
          label="Open cart"
          value={features.cartItems ? money(features.cartValue) : '0'}
          note={features.cartItems ? `${count(features.cartItems)} items` : 'empty'}
        />
        <Stat
          label="Carts abandoned"
          value={count(features.cartAbandonments)}
          note={`${count(features.totals.orders)} ${features.totals.orders === 1 ? 'order' : 'orders'} in all`}
        />
      </div>
    </section>
  );
}

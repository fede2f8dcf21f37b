// Analytics: the shop over time, against the period before.
import { useEffect, useState } from 'react';

import { count, money, moneyShort, percent, short, words } from '@/lib/format';
import { useSettled } from '@/lib/now';
import { Field, Input } from '@/parts/controls';
import { eventColor } from '@/parts/event_type';
import { CompareChoice, RangeChoice, usePeriod } from '@/parts/period';
import { PageHeader } from '@/parts/surface';

import { CohortsCard } from './cohorts_card';
import { CountriesCard } from './countries_card';
import { FunnelCard } from './funnel_card';
import { OpenCartsCard } from './open_carts_card';
import { RecommendationsCard } from './recommendations_card';
import { RevenueByCard } from './revenue_by_card';
import { SegmentsCard } from './segments_card';
import { SeriesCard } from './series_card';
import { SearchesCard, TrendingCard } from './lists';
import { TopProductsCard } from './top_products_card';

const stackedTypes = [
  'VIEW',
  'CLICK',
  'SCROLL',
  'TIME_ON_PAGE',
  'SEARCH',
  'ADD_TO_CART',
  'REMOVE_FROM_CART',
  'ORDER',
];

export default function AnalyticsPage() {
  const period = usePeriod('1h');
  const [typed, setTyped] = useState(period.category);
  const settled = useSettled(typed.trim());
  useEffect(() => {
    if (settled !== period.category) period.set({ category: settled });
  }, [settled]);
  const question = { category: period.category || undefined };

  return (
    <>
      <PageHeader
        title="Analytics"
        lead="Counted where the events are applied: every event once, at the time it happened."
      />
      <div className="mb-4 flex flex-wrap items-center gap-x-4 gap-y-2.5">
        <RangeChoice period={period} />
        <CompareChoice period={period} />
        <div className="w-56">
          <Field label="Category, where a chart has one" hide>
            <Input
              placeholder="Category, such as electronics"
              value={typed}
              onChange={(e) => setTyped(e.target.value)}
            />
          </Field>
        </div>
      </div>
      <div className="grid grid-cols-1 gap-4 lg:grid-cols-2 2xl:grid-cols-3">
        <SeriesCard
          title="Revenue"
          name="revenue"
          period={period}
          kind="bars"
          lines={[{ column: 'revenue', label: 'Revenue', color: 'var(--s1)', format: money }]}
          total="revenue"
          totalFormat={moneyShort}
          totalNote={(t) =>
            `${count(Number(t.orders))} orders, ${count(Number(t.units))} units, ${count(Number(t.cancellations))} cancelled`
          }
          better="more"
        />
        <SeriesCard
          title="Average order value"
          name="average_order_value"
          period={period}
          lines={[{ column: 'averageOrderValue', label: 'Average order', color: 'var(--s3)', format: money }]}
          total="averageOrderValue"
          totalFormat={money}
          better="more"
        />
        <SeriesCard
          title="Cart abandonment"
          note="Of the carts that were decided: no order within 30 minutes of the last change"
          name="cart_abandonment_rate"
          period={period}
          lines={[{ column: 'rate', label: 'Abandoned', color: 'var(--s4)', format: (n) => percent(n, 1) }]}
          total="rate"
          totalFormat={(n) => percent(n, 1)}
          totalNote={(t) =>
            `${count(Number(t.abandoned))} abandoned, ${count(Number(t.converted))} ordered, ${count(Number(t.open))} open`
          }
          better="less"
          axisFormat={(n) => percent(n, 0)}
          max={1}
        />
        <SeriesCard
          title="Views a minute"
          name="views_per_minute"
          period={period}
          question={question}
          lines={[
            { column: 'perMinute', label: 'Views a minute', color: 'var(--s3)', format: (n) => short(n) },
          ]}
          total="perMinute"
          totalNote={(t) => `${count(Number(t.views))} views`}
          better="more"
        />
        <SeriesCard
          title="Shoppers and sessions"
          name="active_users"
          period={period}
          kind="lines"
          lines={[
            { column: 'users', label: 'Shoppers', color: 'var(--s5)', format: count },
            { column: 'sessions', label: 'Sessions', color: 'var(--s6)', format: count },
          ]}
          total="users"
          totalFormat={count}
          totalNote={(t) =>
            `${count(Number(t.sessions))} sessions; ${count(Number(t.usersNow))} shoppers now`
          }
          better="more"
        />
        <SeriesCard
          title="Events by type"
          name="events"
          period={period}
          kind="stacked"
          lines={stackedTypes.map((type) => ({
            column: type,
            label: words(type),
            color: eventColor(type),
            format: count,
          }))}
          total="events"
          totalFormat={short}
        />
        <FunnelCard period={period} />
        <TopProductsCard period={period} />
        <TrendingCard period={period} />
        <RevenueByCard period={period} />
        <RecommendationsCard period={period} />
        <SearchesCard period={period} />
        <SegmentsCard />
        <CountriesCard period={period} />
        <OpenCartsCard />
        <CohortsCard />
      </div>
    </>
  );
}

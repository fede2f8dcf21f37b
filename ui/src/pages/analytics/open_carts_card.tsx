import { analyticsPath, useAnalytics } from '@/api/queries';
import { count, money, moneyShort } from '@/lib/format';
import { AnalyticsCard } from '@/parts/analytics_card';

/** Carts that are open at this moment, and what is in them. */
export function OpenCartsCard() {
  const carts = useAnalytics('open_carts', {}, 10_000);
  return (
    <AnalyticsCard
      title="Open carts"
      note="At this moment"
      className="lg:col-span-2 2xl:col-span-1"
      of={carts}
      path={analyticsPath('open_carts')}
      height={120}
    >
      {(answer) => {
        const t = answer.totals;
        return (
          <dl className="grid grid-cols-2 gap-x-4 gap-y-5 lg:grid-cols-3 2xl:grid-cols-2">
            <div className="col-span-2 lg:col-span-1 2xl:col-span-2">
              <dt className="text-[0.857rem] text-ink-3">Worth in all</dt>
              <dd className="num text-[2.14rem] leading-tight font-semibold tracking-[-0.03em]">
                {money(Number(t.value))}
              </dd>
            </div>
            <div>
              <dt className="text-[0.857rem] text-ink-3">Carts</dt>
              <dd className="num text-[1.36rem] font-semibold">{count(Number(t.carts))}</dd>
            </div>
            <div>
              <dt className="text-[0.857rem] text-ink-3">On average</dt>
              <dd className="num text-[1.36rem] font-semibold">{moneyShort(Number(t.averageValue))}</dd>
            </div>
          </dl>
        );
      }}
    </AnalyticsCard>
  );
}

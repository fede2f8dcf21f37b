// The events themselves, the newest on top.
import { clock, category, count, country, decimal, money } from '@/lib/format';
import { EventType } from '@/parts/event_type';
import { ItemName, UserLink } from '@/parts/links';
import { Empty, SkeletonLines } from '@/parts/states';

import type { LiveRow, LiveState } from './store';

const text = (v: unknown) => (typeof v === 'string' ? v : '');

/** What an event was about, in a line. */
function Subject({ row }: { row: LiveRow }) {
  const d = row.data;
  if (row.kind === 'offer')
    return (
      <>
        {text(d.arm)}{' '}
        <Dim>
          {d.explored ? 'explored' : 'best so far'}, chance {decimal(Number(d.propensity), 3)}
        </Dim>
      </>
    );
  if (row.kind === 'outcome')
    return (
      <>
        {text(d.arm)}{' '}
        <Dim>{Number(d.reward) > 0 ? `accepted, reward ${decimal(Number(d.reward))}` : 'declined'}</Dim>
      </>
    );
  if (row.type === 'SEARCH') return <>“{text(d.query)}”</>;
  if (row.type === 'ORDER' || row.type === 'CHECKOUT' || row.type === 'CANCEL') {
    const items = Array.isArray(d.items) ? d.items.length : 0;
    return (
      <>
        <b className="font-semibold">{money(Number(d.totalAmount ?? 0))}</b> {text(d.currency)}{' '}
        <Dim>
          {count(items)} {items === 1 ? 'item' : 'items'}, {text(d.orderId)}
        </Dim>
      </>
    );
  }
  if (row.type === 'CART_ABANDONED') return <Dim>no order within half an hour</Dim>;
  if (!text(d.productId)) return <Dim>–</Dim>;
  return (
    <>
      <ItemName id={text(d.productId)} />{' '}
      <Dim>
        {text(d.category) ? category(text(d.category)) : ''}
        {Number(d.price) > 0 ? ` · ${money(Number(d.price))}` : ''}
      </Dim>
    </>
  );
}

function Dim({ children }: { children: React.ReactNode }) {
  return <span className="text-ink-3">{children}</span>;
}

export function StreamTable({ live, filtered }: { live: LiveState; filtered: boolean }) {
  if (live.rows.length === 0) {
    if (live.stream.phase === 'connecting' && live.received === 0)
      return (
        <div className="px-5">
          <SkeletonLines lines={6} />
        </div>
      );
    return (
      <Empty title={filtered ? 'Nothing that fits the filter yet' : 'It is quiet'} icon="live">
        {filtered ? (
          'Events are shown here as soon as one fits.'
        ) : (
          <>
            Events appear here the moment they are applied. <code>retargetiq demo</code> sends a demo shop’s
            traffic.
          </>
        )}
      </Empty>
    );
  }
  return (
    <div className="relative min-h-[30rem] grow">
      <div
        className="absolute inset-0 overflow-auto"
        tabIndex={0}
        role="region"
        aria-label="Events, the newest first"
      >
        <table className="w-full border-collapse text-[0.929rem]">
          <thead className="sticky top-0 z-[1] bg-surface text-left text-[0.857rem] text-ink-3">
            <tr>
              {['Time', 'Event', 'User', 'What', 'Country'].map((name) => (
                <th
                  key={name}
                  scope="col"
                  className={`border-b border-line px-2 py-1.5 font-medium first:pl-4 last:pr-4 sm:first:pl-5 sm:last:pr-5 ${
                    name === 'Country'
                      ? 'hidden lg:table-cell'
                      : name === 'User'
                        ? 'hidden sm:table-cell'
                        : ''
                  }`}
                >
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody data-testid="stream-rows">
            {live.rows.map((row) => (
              <tr key={row.key} className="arriving border-b border-line last:border-0">
                <td className="num px-2 py-1.5 pl-4 text-ink-3 sm:pl-5">{clock(row.time)}</td>
                <td className="px-2 py-1.5">
                  <EventType type={row.type} />
                  <div className="pl-3.5 sm:hidden">
                    <UserLink id={row.userId} />
                  </div>
                </td>
                <td className="hidden px-2 py-1.5 whitespace-nowrap sm:table-cell">
                  <UserLink id={row.userId} />
                </td>
                <td className="num max-w-34 truncate px-2 py-1.5 sm:max-w-80">
                  <Subject row={row} />
                </td>
                <td className="hidden px-2 py-1.5 pr-5 whitespace-nowrap text-ink-3 lg:table-cell">
                  {text(row.data.country) ? country(text(row.data.country)) : '–'}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

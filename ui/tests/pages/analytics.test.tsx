import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';

import { pastRows } from '@/pages/analytics/series_card';
import AnalyticsPage from '@/pages/analytics/page';
import type { Analytics } from '@/api/types';

import { analytics, fakeNode, show } from '../support';

describe('the Analytics page', () => {
  const others = {
    averageOrderValue: 150,
    rate: 0.5,
    perMinute: 1,
    users: 1,
    events: 9,
    sessions: 0,
    conversion: 0,
  };
  const answer = (name: string, from: number, to: number): Analytics => {
    const times = name === 'revenue' ? [from, from + 60_000] : [];
    return analytics({
      name,
      from,
      to,
      totals: { revenue: 300, orders: 2, units: 3, cancellations: 0, ...others },
      rows: times.map((t) => ({ t, revenue: 150, orders: 1 })),
    });
  };
  const handlers = Object.fromEntries(
    [
      'revenue',
      'average_order_value',
      'cart_abandonment_rate',
      'views_per_minute',
      'active_users',
      'events',
      'funnel',
      'top_products_by_category',
      'trending',
      'recommendations',
      'searches',
      'segments',
      'countries',
      'open_carts',
      'cohorts',
    ].map((name) => [
      `GET /api/analytics/${name}`,
      (a: { query: URLSearchParams }) => answer(name, Number(a.query.get('from')), Number(a.query.get('to'))),
    ]),
  );

  it('asks for the range and the one before, and for another when it is chosen', async () => {
    const asked = fakeNode(handlers);
    show(<AnalyticsPage />, '/analytics');
    const card = screen.getAllByTestId('analytics-revenue')[0]!;
    expect(await within(card).findByText('300.00')).toBeInTheDocument();
    expect(within(card).getAllByText('unchanged')).not.toHaveLength(0);
    const ofRevenue = () => asked.filter((a) => a.path.endsWith('/revenue') && !a.query.has('by'));
    const [now, before] = ofRevenue();
    expect(Number(now!.query.get('to')) - Number(now!.query.get('from'))).toBe(3_600_000);
    expect(before!.query.get('to')).toBe(now!.query.get('from'));
    fireEvent.click(screen.getByRole('radio', { name: '24 hours' }));
    await waitFor(() => expect(ofRevenue().at(-1)!.query.get('granularity')).toBe('hour'));
  });

  it('shows the same numbers as a table, and gives them as CSV', async () => {
    const saved: string[] = [];
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => {});
    vi.stubGlobal(
      'URL',
      Object.assign(URL, {
        createObjectURL: (b: Blob) => (saved.push(b.type), 'blob:x'),
        revokeObjectURL() {},
      }),
    );
    const asked = fakeNode(handlers);
    show(<AnalyticsPage />, '/analytics');
    const card = screen.getAllByTestId('analytics-revenue')[0]!;
    await within(card).findByText('300.00');
    await userEvent.click(within(card).getByRole('button', { name: 'Revenue as a table' }));
    expect(within(card).getAllByText('150.00')).toHaveLength(2);
    await userEvent.click(within(card).getByRole('button', { name: 'Revenue as CSV' }));
    await waitFor(() => expect(saved[0]).toContain('text/csv'));
    expect(asked.at(-1)!.query.get('format')).toBe('csv');
  });

  it('lays the period before under the times of this one', () => {
    const now = analytics({
      from: 200_000,
      rows: [
        { t: 200_000, v: 5 },
        { t: 260_000, v: 6 },
      ],
    });
    const before = analytics({ from: 80_000, rows: [{ t: 80_000, v: 3 }] });
    expect(pastRows(now, before, 'v')).toEqual([3, null]);
    expect(pastRows(now, { ...before, granularity: 'hour' }, 'v')).toBeUndefined();
  });

  it('says when shards are missing', async () => {
    fakeNode({
      ...handlers,
      'GET /api/analytics/segments': () =>
        analytics({
          partial: true,
          shards: { asked: 12, answered: 10, missing: [3, 4] },
          totals: { users: 5 },
          rows: [{ segment: 'new', users: 5, share: 1 }],
        }),
    });
    show(<AnalyticsPage />, '/analytics');
    expect(await screen.findByText(/without 2 of 12 shards/)).toBeInTheDocument();
  });
});

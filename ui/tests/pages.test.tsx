import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';

import { pastRows } from '@/pages/analytics/series_card';
import AnalyticsPage from '@/pages/analytics/page';
import { sharesOverTime } from '@/pages/offers/allocation';
import OffersPage from '@/pages/offers/page';
import ReferencePage from '@/pages/reference/page';
import { courseOf } from '@/pages/system/history';
import { conditionOf, elsewhere } from '@/pages/system/shards';
import { DeadLetterCard } from '@/pages/system/dead_letters';
import { lastDays } from '@/pages/user/identity';
import { moves, Ranked } from '@/pages/user/ranked';
import { bySession } from '@/pages/user/session';
import { Act } from '@/pages/user/act';
import { OfferCard } from '@/pages/user/offer_card';
import type { Analytics, ShardStatus } from '@/api/types';

import { fakeNode, jsonAnswer, show } from './support';

const analytics = (part: Partial<Analytics>): Analytics => ({
  name: 'x',
  from: 0,
  to: 60_000,
  granularity: 'minute',
  asOf: 1,
  partial: false,
  shards: { asked: 12, answered: 12, missing: [] },
  tooOld: 0,
  totals: {},
  columns: [],
  rows: [],
  ...part,
});

describe('the User page', () => {
  it('sends events as the shopper and hands on the position to wait for', async () => {
    const asked = fakeNode({
      'POST /api/users/activity': () => ({ message: 'Tracked!', eventId: 'e', position: 'a3-7' }),
    });
    const sent = vi.fn();
    show(<Act id="user 1" onSent={sent} />);
    await userEvent.selectOptions(screen.getByLabelText('Event'), 'ADD_TO_CART');
    await userEvent.type(screen.getByLabelText('Product id'), 'camera_1');
    await userEvent.click(screen.getByRole('button', { name: 'Send' }));
    await waitFor(() => expect(sent).toHaveBeenCalledWith('a3-7'));
    expect(asked[0]!.body).toEqual({ userId: 'user 1', eventType: 'ADD_TO_CART', productId: 'camera_1' });
    expect(screen.getByRole('status')).toHaveTextContent('a3-7');
  });

  it('tells which field was wrong', async () => {
    fakeNode({
      'POST /api/users/activity': () =>
        jsonAnswer({ status: 400, code: 'invalid', field: 'productId', detail: 'is too long' }, 400),
    });
    show(<Act id="u" onSent={() => {}} />);
    await userEvent.type(screen.getByLabelText('Product id'), 'x');
    await userEvent.click(screen.getByRole('button', { name: 'Send' }));
    expect(await screen.findByText('Not sent: productId is too long')).toBeInTheDocument();
  });

  it('shows the list with scores and reasons, and waits for what was sent', async () => {
    const asked = fakeNode({
      'GET /api/recommendations/u': () => ({
        userId: 'u',
        recommendations: [
          {
            productId: 'p1',
            score: 0.4567,
            reason: 'Because of p0',
            sources: ['session_neighbours'],
            because: ['p0'],
            userPref: 0.7,
            itemQuality: 0.1,
            recency: 0.2,
            diversity: 1,
          },
        ],
        modelEpoch: 5,
      }),
      'GET /api/items/p1': () => ({ productId: 'p1', title: 'Fine Camera' }),
    });
    show(<Ranked id="u" after="a0-1" onSent={() => {}} />);
    expect(await screen.findByText('Fine Camera')).toBeInTheDocument();
    expect(screen.getByText('0.457')).toBeInTheDocument();
    expect(screen.getByText('Because of p0')).toBeInTheDocument();
    expect(screen.getByText('Session neighbours')).toBeInTheDocument();
    expect(asked.find((a) => a.path.startsWith('/api/recommendations'))!.query.get('after')).toBe('a0-1');
  });

  it('makes an offer when asked to, with what was weighed for it, and notes its outcome', async () => {
    const offer = {
      userId: 'u',
      decisionId: 'd.1',
      campaign: 'default',
      offerId: 'save10',
      type: 'discount_code',
      code: 'SAVE10',
      terms: '10 % off',
      propensity: 0.04,
      policy: 'epsilon_greedy',
      position: 'f0-1',
    };
    const asked = fakeNode({
      'GET /api/offers/u': () => offer,
      'GET /api/explain/d.1': () => ({
        known: { levels: ['new'] },
        weighed: [
          { arm: 'save10', mean: 0.05, propensity: 0.04 },
          { arm: 'freeship', mean: 0.2, propensity: 0.96 },
        ],
        chosen: { arm: 'save10' },
      }),
      'POST /api/offers/d.1/outcome': () => ({ message: 'Noted!', position: 'f0-2' }),
    });
    const sent = vi.fn();
    show(<OfferCard id="u" onSent={sent} />);
    expect(asked).toHaveLength(0);
    await userEvent.click(screen.getByRole('button', { name: 'Ask for an offer' }));
    expect(await screen.findByText('SAVE10')).toBeInTheDocument();
    expect(screen.getByText('Explore')).toBeInTheDocument();
    expect(await screen.findByTestId('weighed')).toHaveTextContent('freeshipexpects 0.2, 96 % chance');
    await userEvent.click(screen.getByRole('button', { name: 'It was dismissed' }));
    await waitFor(() => expect(sent).toHaveBeenLastCalledWith('f0-2'));
    expect(asked.at(-1)!.body).toEqual({ outcome: 'dismissed' });
  });

  it('says so when the user is held out', async () => {
    fakeNode({
      'GET /api/offers/u': () => ({ userId: 'u', decisionId: 'd', campaign: 'spring', group: 'holdout' }),
    });
    show(<OfferCard id="u" onSent={() => {}} />);
    await userEvent.click(screen.getByRole('button', { name: 'Ask for an offer' }));
    expect(await screen.findByText(/This user is held out: the campaign spring/)).toBeInTheDocument();
  });

  it('tells how places changed', () => {
    expect([...moves(['b', 'a', 'd'], ['a', 'b', 'c'])]).toEqual([
      ['b', 1],
      ['a', -1],
      ['d', 'new'],
    ]);
    expect(moves(['a'], []).size).toBe(0);
  });

  it('makes days and sessions of what the actor holds', () => {
    expect(lastDays([{ day: 100, count: 3 }], 101).slice(-3)).toEqual([0, 3, 0]);
    const touch = (time: number, session: number) => ({
      productId: 'p',
      kind: 'view',
      time,
      count: 1,
      session,
    });
    expect(
      bySession([touch(1, 1), touch(2, 1), touch(9, 2)]).map((s) => [s.session, s.touches.length]),
    ).toEqual([
      [2, 1],
      [1, 2],
    ]);
  });
});

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

describe('the Offers page', () => {
  const arm = {
    campaign: 'c',
    arm: 'a',
    served: 40,
    accepted: 10,
    reward: 9.5,
    value: 800,
    explored: 4,
    exploredShare: 0.1,
    acceptance: 0.25,
  };

  it('shows what was made and taken', async () => {
    fakeNode({
      'GET /api/analytics/offers': (a) =>
        analytics({
          totals: {
            served: 40,
            accepted: 10,
            reward: 9.5,
            value: 800,
            explored: 4,
            exploredShare: 0.1,
            acceptance: 0.25,
          },
          rows: a.query.get('by') === 'time' ? [{ ...arm, t: 0 }] : [arm],
        }),
    });
    show(<OffersPage />, '/offers');
    expect(await screen.findByTestId('offers-served')).toHaveTextContent('40');
    expect(screen.getByTestId('offers-acceptance')).toHaveTextContent('25 %');
    expect(screen.getByRole('img', { name: '10 % explored, 90 % exploited' })).toBeInTheDocument();
  });

  it('says what to do while there is none', async () => {
    fakeNode({ 'GET /api/analytics/offers': () => analytics({ totals: { served: 0 } }) });
    show(<OffersPage />, '/offers');
    expect(await screen.findByText('No offer was made in this range')).toBeInTheDocument();
  });

  it('divides each bucket among the arms, and leaves empty ones open', () => {
    const row = (t: number, name: string, served: number) => ({ ...arm, t, arm: name, served });
    const { times, arms } = sharesOverTime([
      row(0, 'b', 3),
      row(0, 'a', 1),
      row(60, 'a', 0),
      row(60, 'b', 0),
    ]);
    expect(times).toEqual([0, 60]);
    expect(arms.map((x) => [x.row.arm, x.shares])).toEqual([
      ['a', [0.25, null]],
      ['b', [0.75, null]],
    ]);
  });
});

describe('the System page', () => {
  it('tells how a shard is', () => {
    const shard = { partition: 1, ready: true, lag: 0, failure: '' } as ShardStatus;
    expect(conditionOf(shard).text).toBe('Well');
    expect(conditionOf({ ...shard, lag: 9_000 }).text).toBe('Behind');
    expect(conditionOf({ ...shard, ready: false }).text).toBe('Restoring');
    const away = { partition: 2, error: 'is on 10.0.0.2:4242' } as ShardStatus;
    expect([conditionOf(away).text, elsewhere(away)]).toEqual(['Elsewhere', '10.0.0.2:4242']);
    expect(conditionOf({ ...away, error: 'is on no node at the moment' }).tone).toBe('bad');
    expect(conditionOf({ ...shard, failure: 'disk' }).tone).toBe('bad');
  });

  it('makes rates of totals, also across a restart', () => {
    const look = (time: number, events: number) => ({
      time,
      events,
      requests: 0,
      memory: 1,
      lag: 0,
      resident: 2,
    });
    expect(courseOf([look(0, 0), look(2_000, 100), look(4_000, 20)]).eventsPerSec).toEqual([50, 0]);
  });

  it('sends a dead letter again', async () => {
    const letter = {
      offset: 7,
      time: 1,
      userId: 'u',
      reason: 'bot',
      detail: 'a crawler',
      topic: 't',
      partition: '0',
      sourceOffset: '3',
      original: '{"a":1}',
    };
    const asked = fakeNode({
      'GET /api/event-processor/dead-letters': () => ({ deadLetters: [letter], kept: 1, total: 1 }),
      'POST /api/event-processor/dead-letters/7/resubmit': () => ({ message: 'Resubmitted!' }),
    });
    show(<DeadLetterCard />);
    await userEvent.click(await screen.findByRole('button', { name: 'Re-submit letter 7' }));
    expect(await screen.findByText('Sent again')).toBeInTheDocument();
    expect(asked.some((a) => a.method === 'POST')).toBe(true);
  });
});

describe('the API page', () => {
  it('makes the call that was filled in', async () => {
    fakeNode({
      'GET /openapi.json': () => ({
        openapi: '3.1.0',
        info: { title: 'RetargetIQ', version: '1' },
        paths: {
          '/api/recommendations/{userId}': {
            get: {
              tags: ['recommendations'],
              summary: 'What to show.',
              parameters: [{ name: 'userId', in: 'path', required: true, schema: { type: 'string' } }],
              responses: { 200: { description: 'Done.', content: { 'application/json': {} } } },
            },
          },
        },
      }),
      'GET /api/recommendations/me': () => ({ userId: 'me', recommendations: [] }),
    });
    show(<ReferencePage />, '/reference');
    const field = await screen.findByLabelText('userId (required)');
    await userEvent.clear(field);
    expect(screen.getByRole('button', { name: 'Call' })).toBeDisabled();
    await userEvent.type(field, 'me');
    expect(screen.getByTestId('curl')).toHaveTextContent(/^curl 'http.*\/api\/recommendations\/me'$/);
    await userEvent.click(screen.getByRole('button', { name: 'Call' }));
    expect(await screen.findByTestId('answer')).toHaveTextContent('"userId": "me"');
  });
});

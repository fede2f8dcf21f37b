import { screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';

import { sharesOverTime } from '@/pages/offers/allocation';
import OffersPage from '@/pages/offers/page';

import { analytics, fakeNode, show } from '../support';

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

import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it, vi } from 'vitest';

import { lastDays } from '@/pages/user/identity';
import { moves, Ranked } from '@/pages/user/ranked';
import { bySession } from '@/pages/user/session';
import { Act } from '@/pages/user/act';
import { OfferCard } from '@/pages/user/offer_card';

import { fakeNode, jsonAnswer, show } from '../support';

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

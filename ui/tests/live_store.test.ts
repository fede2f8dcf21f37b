import { describe, expect, it } from 'vitest';

import { isSample, LiveStore, rateHere, SECONDS, type Tick } from '@/pages/live/store';

const event = (n: number, type = 'VIEW') => ({
  id: `r-${n}`,
  event: 'event',
  data: { userId: `u${n}`, type, time: n },
});

describe('the live store', () => {
  it('keeps the newest first and no more than it shows', () => {
    const store = new LiveStore();
    for (let n = 1; n <= 500; ++n) store.take(event(n), 10_000);
    store.flush(10_000);
    const { rows, received } = store.snapshot();
    expect(received).toBe(500);
    expect(rows).toHaveLength(120);
    expect(rows[0]!.userId).toBe('u500');
  });

  it('holds rows back while it is paused, and gives them all when it goes on', () => {
    const store = new LiveStore();
    store.take(event(1), 10_000);
    store.flush(10_000);
    store.pause(true);
    store.take(event(2), 10_000);
    store.take(event(3), 10_000);
    store.flush(10_300);
    expect(store.snapshot().rows.map((r) => r.userId)).toEqual(['u1']);
    expect(store.snapshot().held).toBe(2);
    store.pause(false);
    expect(store.snapshot().rows.map((r) => r.userId)).toEqual(['u3', 'u2', 'u1']);
    expect(store.snapshot().held).toBe(0);
  });

  it('counts by second and moves on when nothing comes', () => {
    const store = new LiveStore();
    for (let n = 0; n < 5; ++n) store.take(event(n), 10_000);
    store.take(event(6), 11_000);
    store.flush(13_000);
    const { seconds } = store.snapshot();
    expect(seconds).toHaveLength(SECONDS);
    expect(seconds.slice(-4)).toEqual([5, 1, 0, 0]);
  });

  it('sorts the other kinds where they belong', () => {
    const store = new LiveStore();
    store.take({ id: '', event: 'hello', data: { lost: 12 } });
    store.take({ id: 'r-1', event: 'analytics', data: { eventsPerSec: 3 } });
    store.take({ id: 'r-2', event: 'recommendations', data: { userId: 'u', items: [] } });
    store.take({ id: 'r-3', event: 'offer', data: { userId: 'u', time: 1, arm: 'a' } });
    store.take({ id: 'r-4', event: 'outcome', data: { userId: 'u', time: 2, arm: 'a', reward: 1 } });
    store.take({ id: 'r-5', event: 'something-new', data: {} });
    store.flush(Date.now());
    const s = store.snapshot();
    expect(s.lost).toBe(12);
    expect(s.ticks).toHaveLength(1);
    expect(s.lists[0]!.userId).toBe('u');
    expect(s.rows.map((r) => r.type)).toEqual(['OFFER_REWARDED', 'OFFER_SERVED']);
  });

  it('tells its listeners once for many events', () => {
    const store = new LiveStore();
    let told = 0;
    store.subscribe(() => ++told);
    for (let n = 0; n < 1_000; ++n) store.take(event(n), 10_000);
    store.flush(10_000);
    store.flush(10_100);
    expect(told).toBe(1);
  });

  it('knows its own rate, and whether it gets a sample only', () => {
    expect(rateHere([0, 0, 0])).toBeUndefined();
    expect(rateHere([0, 0, 4, 6, 99])).toBe(5);
    const tick = (leftOut?: number) => ({ leftOut }) as Tick;
    expect(isSample([])).toBe(false);
    expect(isSample([tick(5)])).toBe(false);
    expect(isSample([tick(5), tick(5)])).toBe(false);
    expect(isSample([tick(5), tick(9)])).toBe(true);
  });
});

import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';

import { courseOf } from '@/pages/system/history';
import { conditionOf, elsewhere } from '@/pages/system/shards';
import { DeadLetterCard } from '@/pages/system/dead_letters';
import { KafkaCard } from '@/pages/system/kafka';
import type { ShardStatus } from '@/api/types';

import { fakeNode, show } from '../support';

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

  it('tells how a shard came here, and how the brokers are', async () => {
    const coming = {
      partition: 3,
      error: 'is on no node at the moment',
      restore: { done: false, since: 1, tookMs: 40, records: 500, left: 1_500, bytes: 9 },
    } as ShardStatus;
    expect(conditionOf(coming).text).toBe('Restoring');
    fakeNode({
      'GET /api/inspect/kafka': () => ({
        brokers: [
          { client: 'appends', broker: 'b:9092', up: false, rttMs: 1.5, rttP99Ms: 9, errors: 2, timeouts: 1 },
        ],
        producers: [{ client: 'appends', records: 12, bytes: 4_096 }],
        lags: [
          { topic: 'orders', partition: 0, lag: 3 },
          { topic: 'views', partition: 0, lag: 5 },
          { topic: 'orders', partition: 1, lag: 4 },
          { topic: 'quiet', partition: 0, lag: 0 },
        ],
        groups: [{ group: 'g', rebalances: 2, gained: 6, lost: 1 }],
        transactions: { count: 4, lastMs: 12, sumMs: 40, within: [] },
        aborted: 1,
        replaced: 0,
      }),
    });
    show(<KafkaCard />);
    expect(await screen.findByText('orders 7, views 5')).toBeInTheDocument();
    expect(screen.getByText(/4 committed, 1 aborted; the last took 12.* on average 10/)).toBeInTheDocument();
    expect(screen.getByText('Away')).toBeInTheDocument();
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

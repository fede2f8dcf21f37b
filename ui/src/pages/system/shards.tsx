// The shards, each a partition of the log with its users: as a map at a glance, and in numbers.
import type { UseQueryResult } from '@tanstack/react-query';

import type { ApiError } from '@/api/client';
import type { ShardStatus } from '@/api/types';
import { ago, bytes, count, milliseconds } from '@/lib/format';
import { Badge, type Tone } from '@/parts/controls';
import { Answer, Empty } from '@/parts/states';
import { Card } from '@/parts/surface';
import { Table } from '@/parts/table';

// Records waiting from which on a shard is said to be behind; a batch in flight is not.
const BEHIND = 500;

/** The other node that has the shard, as its part of the answer tells instead of figures. */
export function elsewhere(s: ShardStatus): string {
  const told = /^is on (\S+)$/.exec(s.error ?? '');
  return told ? (told[1] as string) : '';
}

export function conditionOf(s: ShardStatus): { tone: Tone; text: string } {
  if (elsewhere(s)) return { tone: 'plain', text: 'Elsewhere' };
  if (s.error && s.restore && !s.restore.done) return { tone: 'warn', text: 'Restoring' };
  if (s.error) return { tone: 'bad', text: 'No answer' };
  if (s.failure) return { tone: 'bad', text: 'Failing' };
  if (!s.ready) return { tone: 'warn', text: 'Restoring' };
  if (s.lag >= BEHIND) return { tone: 'warn', text: 'Behind' };
  return { tone: 'good', text: 'Well' };
}

/** Records read until it was ready: of its changelog where it came from elsewhere, and of the log. */
function restoredRecords(s: ShardStatus): string {
  if (s.restore && !s.restore.done) return `${count(s.restore.records)}, ${count(s.restore.left)} left`;
  if (s.readyAfterMs === undefined) return '–';
  return count((s.restore?.records ?? 0) + (s.replayed ?? 0));
}

function restoreTime(s: ShardStatus): string {
  const here = Math.max(0, s.readyAfterMs ?? 0);
  if (s.readyAfterMs === undefined && !s.restore) return '–';
  return milliseconds((s.restore?.tookMs ?? 0) + here);
}

export function ShardCard({ of }: { of: UseQueryResult<{ shards: ShardStatus[] }, ApiError> }) {
  return (
    <Card
      title="Shards"
      note="A partition of the log each, with the actors of its users"
      flush
      testId="shards"
    >
      <Answer of={of} empty={(a) => a.shards.length === 0} whenEmpty={<Empty title="No shard is here" />}>
        {({ shards }) => {
          const most = Math.max(...shards.map((s) => s.resident ?? 0), 1);
          const spread = shards.some(elsewhere);
          return (
            <>
              <ul
                className="grid grid-cols-4 gap-1.5 px-4 pb-3 sm:grid-cols-6 sm:px-5 lg:grid-cols-12"
                aria-label="Shards at a glance"
              >
                {shards.map((s) => {
                  const is = conditionOf(s);
                  const heat = (s.resident ?? 0) / most;
                  return (
                    <li
                      key={s.partition}
                      title={`Shard ${s.partition}: ${is.text}${s.failure || s.error ? `, ${s.failure || s.error}` : ''}`}
                      className={`rounded-lg border px-2 py-1.5 ${is.tone === 'bad' ? 'border-bad' : is.tone === 'warn' ? 'border-warn' : 'border-line'}`}
                      style={{ backgroundColor: `rgb(var(--heat) / ${(0.03 + 0.3 * heat).toFixed(3)})` }}
                    >
                      <span className="num block text-[0.786rem] text-ink-2">{s.partition}</span>
                      <span className="num block font-semibold">{count(s.resident ?? 0)}</span>
                    </li>
                  );
                })}
              </ul>
              <Table
                caption="Shards"
                height="max-h-[34rem]"
                rows={shards}
                rowKey={(s) => String(s.partition)}
                columns={[
                  { key: 'partition', name: 'Shard', cell: (s) => s.partition },
                  {
                    key: 'state',
                    name: 'State',
                    cell: (s) => {
                      const is = conditionOf(s);
                      return (
                        <Badge tone={is.tone} title={s.failure || s.error}>
                          {is.text}
                        </Badge>
                      );
                    },
                  },
                  ...(spread
                    ? [{ key: 'owner', name: 'Owner', cell: (s: ShardStatus) => elsewhere(s) || 'this node' }]
                    : []),
                  { key: 'resident', name: 'In memory', right: true, cell: (s) => count(s.resident ?? 0) },
                  {
                    key: 'passivations',
                    name: 'Put to rest',
                    right: true,
                    cell: (s) => count(s.passivations ?? 0),
                  },
                  { key: 'dirty', name: 'Dirty', right: true, cell: (s) => count(s.dirty ?? 0) },
                  { key: 'lag', name: 'Lag', right: true, cell: (s) => count(s.lag ?? 0) },
                  { key: 'mailbox', name: 'Mailbox', right: true, cell: (s) => count(s.mailbox ?? 0) },
                  { key: 'waiting', name: 'Waiting', right: true, cell: (s) => count(s.waiting ?? 0) },
                  {
                    key: 'applied',
                    name: 'Applied',
                    right: true,
                    cell: (s) => count(Math.max(0, (s.appliedOffset ?? -1) + 1)),
                  },
                  {
                    key: 'committed',
                    name: 'Committed',
                    right: true,
                    cell: (s) => count(Math.max(0, s.committedOffset ?? 0)),
                  },
                  { key: 'snapshots', name: 'Snapshots', right: true, cell: (s) => count(s.snapshots ?? 0) },
                  {
                    key: 'commit',
                    name: 'Last commit',
                    right: true,
                    cell: (s) => (s.commits?.count ? milliseconds(s.commits.lastMs) : '–'),
                  },
                  { key: 'restored', name: 'Restored', right: true, cell: restoredRecords },
                  { key: 'restore', name: 'Last restore', right: true, cell: restoreTime },
                  { key: 'wakeups', name: 'Woken', right: true, cell: (s) => count(s.wakeups ?? 0) },
                  { key: 'bytes', name: 'State', right: true, cell: (s) => bytes(s.stateBytes ?? 0) },
                  {
                    key: 'newest',
                    name: 'Newest event',
                    right: true,
                    cell: (s) => (s.streamTime > 0 ? ago(s.streamTime) : '–'),
                  },
                ]}
              />
            </>
          );
        }}
      </Answer>
    </Card>
  );
}

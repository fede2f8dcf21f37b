// The actor itself: where it lives, what it has applied, what will wake it.
import type { UseQueryResult } from '@tanstack/react-query';

import type { ApiError } from '@/api/client';
import type { Inspected } from '@/api/types';
import { bytes, count, duration, full, words } from '@/lib/format';
import { Answer } from '@/parts/states';
import { Card, Facts } from '@/parts/surface';

export function ActorFacts({ of }: { of: UseQueryResult<Inspected, ApiError> }) {
  return (
    <Card title="The actor" note="Its place in the cluster and in the log">
      <Answer of={of}>
        {(i) => (
          <>
            <Facts
              items={[
                ['Shard', count(i.shard)],
                ['In memory', i.resident ? `yes, ${bytes(i.memoryBytes)}` : 'no'],
                ['Applied up to', i.state ? count(i.state.applied) : 'nothing yet'],
                [
                  'Source offsets',
                  i.state ? i.state.sourceOffsets.map((o) => (o < 0 ? '–' : count(o))).join(' · ') : '–',
                ],
                ['Recent event ids', i.state ? count(i.state.recentIds.length) : '0'],
                ['Session', i.state?.session.id || '–'],
                ['Engine time', full(Date.parse(i.engineTime))],
              ]}
            />
            <h3 className="mt-4 mb-1.5 text-[0.857rem] font-medium text-ink-3">Timers</h3>
            {i.timers && i.timers.length > 0 ? (
              <ul className="space-y-1">
                {i.timers.map((t) => (
                  <li key={t.kind + t.due} className="num flex justify-between gap-3">
                    <span>{words(t.kind)}</span>
                    <span className="text-ink-2">in {duration(t.inSeconds)}</span>
                  </li>
                ))}
              </ul>
            ) : (
              <p className="text-ink-2">None is set.</p>
            )}
          </>
        )}
      </Answer>
    </Card>
  );
}

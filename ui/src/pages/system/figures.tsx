import { useAnalytics } from '@/api/queries';
import type { NodeStatus } from '@/api/types';
import { bytes, count, decimal, duration, short } from '@/lib/format';
import { Stat } from '@/parts/figures';

import { useCourse } from './history';

/** The node in six figures, with their course since the page was opened. */
export function Figures({ node }: { node: NodeStatus }) {
  const course = useCourse(node);
  const last = (values: number[]) => values.at(-1) ?? 0;
  // Users whose actor is not in memory: those that were ever counted, without the residents.
  const segments = useAnalytics('segments', {}, 20_000);
  const known = Number(segments.data?.totals.users ?? 0);
  const passivated = Math.max(0, known - node.shards.resident);
  return (
    <div className="grid grid-cols-2 gap-3 md:grid-cols-3 xl:grid-cols-6">
      <Stat
        label="State"
        value={
          <span className={node.ready ? 'text-good' : 'text-warn'}>{node.ready ? 'Ready' : 'Restoring'}</span>
        }
        note={node.unready ?? `for ${duration(node.uptimeSec)}`}
      />
      <Stat
        label="Events applied"
        value={`${decimal(last(course.eventsPerSec), 1)}/s`}
        note={`${short(node.shards.events)} in all`}
        course={course.eventsPerSec}
        testId="events-applied"
      />
      <Stat
        label="Requests answered"
        value={`${decimal(last(course.requestsPerSec), 1)}/s`}
        note={`${count(node.http.failures)} failed`}
        course={course.requestsPerSec}
        color="var(--s3)"
      />
      <Stat
        label="Lag"
        value={count(last(course.lag))}
        note="records not applied yet"
        course={course.lag}
        color="var(--s2)"
      />
      <Stat
        label="Users in memory"
        value={count(node.shards.resident)}
        note={segments.data ? `${count(passivated)} passivated` : ''}
        course={course.resident}
        color="var(--s5)"
        testId="resident"
      />
      <Stat
        label="Memory"
        value={bytes(node.memoryBytes)}
        note={node.bytesOnDisk === undefined ? '' : `${bytes(node.bytesOnDisk)} on the disk`}
        course={course.memory}
        color="var(--s6)"
      />
    </div>
  );
}

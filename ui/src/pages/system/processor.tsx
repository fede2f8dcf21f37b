import type { ProcessorStatus } from '@/api/types';
import { count, words } from '@/lib/format';
import { BarList } from '@/parts/figures';
import { Badge } from '@/parts/controls';
import { eventColor } from '@/parts/event_type';
import { Card } from '@/parts/surface';

/** What the event processor took, and what it refused and why. */
export function ProcessorCard({ of }: { of: ProcessorStatus }) {
  const reasons = Object.entries(of.refusedByReason).sort(([, a], [, b]) => b - a);
  return (
    <Card
      title="Event processor"
      note={`${count(of.received)} received, ${count(of.published)} published, ${count(of.refused)} refused`}
      actions={
        <Badge tone={of.failure ? 'bad' : of.lag > 0 ? 'warn' : 'good'}>
          {of.failure || (of.lag > 0 ? `${count(of.lag)} behind` : 'Up to date')}
        </Badge>
      }
    >
      <BarList
        rows={Object.entries(of.byType)
          .sort(([, a], [, b]) => b - a)
          .map(([type, n]) => ({
            key: type,
            name: words(type),
            value: n,
            shown: count(n),
            color: eventColor(type),
          }))}
      />
      {reasons.length > 0 ? (
        <>
          <h3 className="mt-4 mb-1.5 text-[0.857rem] font-medium text-ink-3">Refused</h3>
          <ul className="flex flex-wrap gap-1.5">
            {reasons.map(([reason, n]) => (
              <li key={reason}>
                <Badge tone="warn">
                  {words(reason)} {count(n)}
                </Badge>
              </li>
            ))}
          </ul>
        </>
      ) : null}
    </Card>
  );
}

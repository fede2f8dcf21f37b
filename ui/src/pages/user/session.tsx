// What the shopper did, latest session first, along a line of time.
import type { UseQueryResult } from '@tanstack/react-query';

import type { ApiError } from '@/api/client';
import type { Inspected, Touch } from '@/api/types';
import { clock, duration, full, words } from '@/lib/format';
import { ItemName } from '@/parts/links';
import { Answer, Empty } from '@/parts/states';
import { Card } from '@/parts/surface';

const colors: Record<string, string> = {
  view: 'var(--s3)',
  click: 'var(--s6)',
  dwell: 'var(--s7)',
  scroll: 'var(--s7)',
  cart: 'var(--s2)',
  purchase: 'var(--s1)',
};

/** Touches by session, both newest first. */
export function bySession(touches: Touch[]): { session: number; touches: Touch[] }[] {
  const out: { session: number; touches: Touch[] }[] = [];
  for (const touch of [...touches].sort((a, b) => b.time - a.time)) {
    const last = out.at(-1);
    if (last && last.session === touch.session) last.touches.push(touch);
    else out.push({ session: touch.session, touches: [touch] });
  }
  return out;
}

export function Session({ of }: { of: UseQueryResult<Inspected, ApiError> }) {
  return (
    <Card title="Sessions" note="A session ends after half an hour of silence">
      <Answer
        of={of}
        empty={(i) => !i.state || i.state.touches.length === 0}
        whenEmpty={
          <Empty title="No items met yet" icon="clock">
            What this shopper looks at appears here.
          </Empty>
        }
      >
        {(inspected) => {
          const state = inspected.state!;
          return (
            <div
              className="max-h-80 space-y-4 overflow-auto"
              tabIndex={0}
              role="region"
              aria-label="Sessions, the newest first"
            >
              {bySession(state.touches)
                .slice(0, 6)
                .map(({ session, touches }) => {
                  const newest = touches[0]!;
                  const oldest = touches.at(-1)!;
                  const current = session === state.session.number;
                  return (
                    <div key={session}>
                      <p className="num mb-1 text-[0.857rem] text-ink-3">
                        <b className="font-medium text-ink-2">Session {session}</b> {full(oldest.time)}
                        {newest.time > oldest.time ? `, ${duration((newest.time - oldest.time) / 1000)}` : ''}
                        {current ? `, ${state.session.events} events` : ''}
                      </p>
                      <ol className="relative ml-1.5 border-l border-line">
                        {touches.map((t) => (
                          <li
                            key={`${t.productId}${t.kind}${t.time}`}
                            className="relative flex items-baseline gap-2 py-1 pl-4"
                          >
                            <span
                              aria-hidden="true"
                              className="absolute top-[0.66rem] -left-[4.5px] size-2 rounded-full ring-3 ring-surface"
                              style={{ background: colors[t.kind] ?? 'var(--s7)' }}
                            />
                            <span className="w-16 shrink-0 text-[0.857rem] text-ink-3">{words(t.kind)}</span>
                            <span className="min-w-0 grow truncate">
                              <ItemName id={t.productId} />
                              {t.count > 1 ? <span className="num text-ink-3"> ×{t.count}</span> : null}
                            </span>
                            <span className="num text-[0.857rem] text-ink-3">{clock(t.time)}</span>
                          </li>
                        ))}
                      </ol>
                    </div>
                  );
                })}
            </div>
          );
        }}
      </Answer>
    </Card>
  );
}

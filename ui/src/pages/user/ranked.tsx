// The recommendations: score by term, where each came from and why, and what a new event changed.
import { useEffect, useRef, useState } from 'react';

import { useRecommendations, useWeights } from '@/api/queries';
import type { Recommendation } from '@/api/types';
import { ScoreBar, ScoreLegend } from '@/charts/score_bar';
import { decimal, words } from '@/lib/format';
import { Badge, Button } from '@/parts/controls';
import { ItemName } from '@/parts/links';
import { Answer, Empty } from '@/parts/states';
import { Card } from '@/parts/surface';

import { useSend } from './send';

/** How each place changed against an earlier list: places won, or `new`. */
export function moves(now: string[], before: string[]): Map<string, number | 'new'> {
  const out = new Map<string, number | 'new'>();
  if (before.length === 0) return out;
  now.forEach((id, place) => {
    const old = before.indexOf(id);
    if (old < 0) out.set(id, 'new');
    else if (old !== place) out.set(id, old - place);
  });
  return out;
}

function Move({ by }: { by: number | 'new' | undefined }) {
  if (by === undefined) return null;
  if (by === 'new') return <Badge tone="accent">New</Badge>;
  return (
    <span className={`num text-[0.786rem] font-medium ${by > 0 ? 'text-good' : 'text-ink-3'}`}>
      <span aria-hidden="true">{by > 0 ? '▲' : '▼'}</span>
      <span className="sr-only">{by > 0 ? 'up' : 'down'}</span> {Math.abs(by)}
    </span>
  );
}

interface RankedProps {
  id: string;
  after: string;
  onSent: (position: string) => void;
}

export function Ranked({ id, after, onSent }: RankedProps) {
  const list = useRecommendations(id, after);
  const weights = useWeights(id, list.data?.recommendations[0]?.productId);
  const send = useSend(onSent);
  // The list as it stood before the last event from here, to tell what that changed.
  const before = useRef<string[]>([]);
  const shown = useRef<string[]>([]);
  const [changed, setChanged] = useState(new Map<string, number | 'new'>());
  const ids = (list.data?.recommendations ?? []).map((r) => r.productId);

  useEffect(() => {
    before.current = shown.current;
  }, [after]);
  useEffect(() => {
    if (list.isPlaceholderData || ids.length === 0) return;
    shown.current = ids;
    setChanged(moves(ids, before.current));
  }, [ids.join(), list.isPlaceholderData]);

  const act = (r: Recommendation, eventType: string) =>
    send.mutate({ userId: id, eventType, productId: r.productId });
  return (
    <Card
      title="Recommended now"
      note="The score of each as the sum of its weighted terms"
      actions={<ScoreLegend />}
      testId="recommendations"
    >
      <Answer
        of={list}
        empty={(l) => l.recommendations.length === 0}
        whenEmpty={
          <Empty title="Nothing to recommend">The catalogue is empty, or everything is excluded.</Empty>
        }
      >
        {(answer) => {
          const most = Math.max(...answer.recommendations.map((r) => r.score), 0.01);
          return (
            <>
              {answer.degraded ? (
                <p className="mb-2 text-[0.857rem] text-warn">
                  The user’s own answer was late: this is what is popular.
                </p>
              ) : null}
              <ol className="divide-y divide-line">
                {answer.recommendations.map((r, place) => (
                  <li
                    key={r.productId}
                    className="grid grid-cols-[1.75rem_minmax(0,1fr)] gap-x-2 py-2.5"
                    data-product={r.productId}
                  >
                    <div className="num pt-px text-ink-3">{place + 1}</div>
                    <div className="min-w-0">
                      <div className="flex items-baseline gap-2">
                        <span className="min-w-0 truncate font-medium">
                          <ItemName id={r.productId} />
                        </span>
                        <Move by={changed.get(r.productId)} />
                        <span className="num ml-auto font-medium" data-score={r.score}>
                          {decimal(r.score, 3)}
                        </span>
                      </div>
                      <p className="mt-0.5 truncate text-[0.857rem] text-ink-2" title={r.reason}>
                        {r.reason}
                      </p>
                      <div className="mt-1.5">
                        <ScoreBar terms={r} weights={weights.data} most={most} />
                      </div>
                      <div className="mt-1.5 flex flex-wrap items-center gap-1">
                        {r.sources.map((source) => (
                          <Badge key={source}>{words(source)}</Badge>
                        ))}
                        <span className="ml-auto flex gap-1">
                          <Button small kind="quiet" disabled={send.isPending} onClick={() => act(r, 'VIEW')}>
                            View
                          </Button>
                          <Button
                            small
                            kind="quiet"
                            icon="cart"
                            disabled={send.isPending}
                            onClick={() => act(r, 'ADD_TO_CART')}
                          >
                            Add to cart
                          </Button>
                        </span>
                      </div>
                    </div>
                  </li>
                ))}
              </ol>
              <p className="num mt-2 text-[0.857rem] text-ink-3">
                {answer.stateAsOf ? `State as of ${answer.stateAsOf}` : 'No state of this user'}, item model{' '}
                {answer.modelEpoch ?? '–'}
                {answer.stale ? ', not yet with the last event' : ''}
              </p>
            </>
          );
        }}
      </Answer>
    </Card>
  );
}

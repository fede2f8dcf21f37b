// What the event processor could not take: the original, the reason, and a way to try it again.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { ApiError, call } from '@/api/client';
import { useDeadLetters } from '@/api/queries';
import type { DeadLetter } from '@/api/types';
import { ago, count, full, words } from '@/lib/format';
import { Badge, Button } from '@/parts/controls';
import { UserLink } from '@/parts/links';
import { Answer, Empty } from '@/parts/states';
import { Card } from '@/parts/surface';

const PAGE = 20;

function Letter({ letter }: { letter: DeadLetter }) {
  const cache = useQueryClient();
  const resubmit = useMutation<unknown, ApiError>({
    mutationFn: () => call(`/api/event-processor/dead-letters/${letter.offset}/resubmit`, { method: 'POST' }),
    onSuccess: () => void cache.invalidateQueries({ queryKey: ['get'] }),
  });
  return (
    <li className="px-4 py-2.5 sm:px-5">
      <div className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
        <Badge tone="warn">{words(letter.reason)}</Badge>
        {letter.userId ? <UserLink id={letter.userId} /> : null}
        <span className="num text-[0.857rem] text-ink-3" title={full(letter.time)}>
          {ago(letter.time)}, {letter.topic} {letter.partition}:{letter.sourceOffset}
        </span>
        <span className="ml-auto">
          {resubmit.isSuccess ? (
            <Badge tone="good">Sent again</Badge>
          ) : (
            <Button small icon="refresh" disabled={resubmit.isPending} onClick={() => resubmit.mutate()}>
              Re-submit<span className="sr-only"> letter {letter.offset}</span>
            </Button>
          )}
        </span>
      </div>
      <p className="mt-1 text-[0.929rem] text-ink-2">{letter.detail}</p>
      <details className="mt-1 text-[0.857rem]">
        <summary className="w-fit rounded text-ink-3 hover:text-ink">Original</summary>
        <pre
          className="mt-1 max-h-40 overflow-auto rounded-lg bg-sunken p-2.5 font-mono text-[0.821rem] break-all whitespace-pre-wrap"
          tabIndex={0}
        >
          {letter.original}
        </pre>
      </details>
      {resubmit.error ? (
        <p role="alert" className="mt-1 text-[0.857rem] text-bad">
          {resubmit.error.message}
        </p>
      ) : null}
    </li>
  );
}

export function DeadLetterCard() {
  const [limit, setLimit] = useState(PAGE);
  const letters = useDeadLetters(limit);
  return (
    <Card
      title="Dead letters"
      note="Refused records stay here with their reason. One that is sent again passes the bot filter"
      flush
      testId="dead-letters"
      actions={
        letters.data ? (
          <Badge tone={letters.data.total ? 'warn' : 'good'}>{count(letters.data.total)} in all</Badge>
        ) : null
      }
    >
      <Answer
        of={letters}
        empty={(a) => a.deadLetters.length === 0}
        whenEmpty={
          <Empty title="Nothing was refused" icon="check">
            Records that cannot be processed would be here, with the reason.
          </Empty>
        }
      >
        {(answer) => (
          <>
            <ul
              className="max-h-[26rem] divide-y divide-line overflow-auto"
              tabIndex={0}
              aria-label="Dead letters, the newest first"
            >
              {answer.deadLetters.map((letter) => (
                <Letter key={letter.offset} letter={letter} />
              ))}
            </ul>
            {answer.deadLetters.length === limit && answer.kept > limit ? (
              <div className="px-5 py-2">
                <Button small onClick={() => setLimit(limit + PAGE)}>
                  Show more
                </Button>
              </div>
            ) : null}
          </>
        )}
      </Answer>
    </Card>
  );
}

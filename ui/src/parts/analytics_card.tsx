// A card around one analytics answer: its states, its CSV, and what it says of its own exactness.
import type { UseQueryResult } from '@tanstack/react-query';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import type { ApiError } from '@/api/client';
import type { Analytics, Row } from '@/api/types';
import { downloadCsv } from '@/lib/csv';
import { count, percent } from '@/lib/format';

import { Button } from './controls';
import { Icon } from './icons';
import { Answer, Empty, Skeleton } from './states';
import { Card } from './surface';

interface AnalyticsCardProps<R extends Row, T extends Row> {
  title: string;
  note?: ReactNode;
  of: UseQueryResult<Analytics<R, T>, ApiError>;
  /** The question, for the CSV. */
  path: string;
  actions?: ReactNode;
  empty?: (answer: Analytics<R, T>) => boolean;
  emptyText?: ReactNode;
  children: (answer: Analytics<R, T>) => ReactNode;
  className?: string;
  flush?: boolean;
  height?: number;
}

/** What keeps the numbers from being whole and exact, in a line; nothing when they are. */
export function Caveats({ of }: { of: Analytics }) {
  const said: string[] = [];
  if (of.partial)
    said.push(
      `without ${count(of.shards.missing.length)} of ${count(of.shards.asked)} shards, which did not answer in time`,
    );
  if (of.error) said.push(`unique counts are within about ±${percent(of.error, 1)}`);
  if (of.bound) said.push(`counts of this list may fall short by ${count(of.bound)}`);
  if (said.length === 0) return null;
  return (
    <p
      className={`mt-2 flex items-center gap-1.5 text-[0.857rem] ${of.partial ? 'text-warn' : 'text-ink-3'}`}
    >
      {of.partial ? <Icon name="alert" size={14} /> : null}
      <span className="first-letter:uppercase">{said.join('; ')}.</span>
    </p>
  );
}

export function AnalyticsCard<R extends Row, T extends Row>(props: AnalyticsCardProps<R, T>) {
  const {
    title,
    note,
    of,
    path,
    actions,
    empty,
    emptyText,
    children,
    className,
    flush,
    height = 220,
  } = props;
  const name = path.split('?')[0]!.split('/').at(-1)!;
  const csv = useMutation<void, ApiError>({ mutationFn: () => downloadCsv(path, name) });
  return (
    <Card
      title={title}
      note={note}
      className={className}
      flush={flush}
      testId={`analytics-${name}`}
      actions={
        <>
          {actions}
          <Button
            small
            kind="quiet"
            icon="download"
            label={`${title} as CSV`}
            disabled={csv.isPending || of.data === undefined}
            onClick={() => csv.mutate()}
          />
        </>
      }
    >
      {csv.error ? (
        <p role="alert" className="mb-2 text-[0.857rem] text-bad">
          No CSV: {csv.error.message}
        </p>
      ) : null}
      <Answer
        of={of}
        loading={
          <div role="status" aria-label="Loading" className={flush ? 'px-5' : ''}>
            <Skeleton className="w-full" />
            <div className="mt-3 skeleton" style={{ height: height - 30 }} />
          </div>
        }
        empty={empty}
        whenEmpty={<Empty title="Nothing in this range yet">{emptyText}</Empty>}
      >
        {(answer) => (
          <>
            {children(answer)}
            <div className={flush ? 'px-5' : ''}>
              <Caveats of={answer as unknown as Analytics} />
            </div>
          </>
        )}
      </Answer>
    </Card>
  );
}

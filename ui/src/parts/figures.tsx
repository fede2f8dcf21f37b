// Single figures: with their change, their recent course, and as bars in lists.
import type { ReactNode } from 'react';

import { Sparkline } from '@/charts/sparkline';
import { percent } from '@/lib/format';

import { Icon } from './icons';
import { Skeleton } from './states';

interface DeltaProps {
  /** Share by which it changed; undefined when there is nothing to compare with. */
  value: number | undefined;
  /** Whether more is better; without it a change is just a change. */
  better?: 'more' | 'less';
  against?: string;
}

export function Delta({ value, better, against = 'the period before' }: DeltaProps) {
  if (value === undefined) return <span className="text-[0.857rem] text-ink-3">nothing before</span>;
  const flat = Math.abs(value) < 0.0005;
  const good = better === undefined || flat ? undefined : value > 0 === (better === 'more');
  const tone = good === undefined ? 'text-ink-2' : good ? 'text-good' : 'text-bad';
  const text = `${percent(Math.abs(value), Math.abs(value) < 0.1 ? 1 : 0)}`;
  return (
    <span className={`num inline-flex items-center gap-0.5 text-[0.857rem] font-medium ${tone}`}>
      {flat ? null : <Icon name={value > 0 ? 'up' : 'down'} size={13} />}
      <span className="sr-only">{flat ? 'unchanged' : value > 0 ? 'up by' : 'down by'}</span>
      {flat ? <span aria-hidden="true">unchanged</span> : text}
      <span className="sr-only">against {against}</span>
    </span>
  );
}

interface StatProps {
  label: string;
  value: ReactNode;
  note?: ReactNode;
  delta?: DeltaProps;
  course?: number[];
  /** Share of a whole, drawn as a meter. */
  meter?: number;
  color?: string;
  loading?: boolean;
  testId?: string;
}

export function Stat({
  label,
  value,
  note,
  delta,
  course,
  meter,
  color = 'var(--s1)',
  loading,
  testId,
}: StatProps) {
  return (
    <div className="flex min-w-0 flex-col rounded-2xl border border-line bg-surface px-4 py-3.5 shadow-card">
      <p className="truncate text-[0.857rem] text-ink-2">{label}</p>
      {loading ? (
        <Skeleton className="mt-2 h-7 w-24" />
      ) : (
        <p
          className="num mt-0.5 text-[1.57rem] leading-tight font-semibold tracking-[-0.025em]"
          data-testid={testId}
        >
          {value}
        </p>
      )}
      <div className="mt-0.5 flex min-h-5 items-center gap-2 text-[0.857rem] text-ink-3">
        {delta ? <Delta {...delta} /> : null}
        {note ? <span className="truncate">{note}</span> : null}
      </div>
      {meter !== undefined ? (
        <div className="mt-auto h-1.5 overflow-hidden rounded-full bg-sunken" aria-hidden="true">
          <div
            className="h-full rounded-full"
            style={{ width: `${Math.min(1, meter) * 100}%`, background: color }}
          />
        </div>
      ) : null}
      {course ? (
        <div className="mt-2">
          <Sparkline values={course} color={color} height={34} />
        </div>
      ) : null}
    </div>
  );
}

interface BarRow {
  key: string;
  name: ReactNode;
  value: number;
  shown: ReactNode;
  note?: ReactNode;
  color?: string;
}

/** A list of names with bars of their values behind them, most first. */
export function BarList({ rows, color = 'var(--s1)' }: { rows: BarRow[]; color?: string }) {
  const most = Math.max(...rows.map((r) => r.value), 1e-9);
  return (
    <ul className="space-y-2.5">
      {rows.map((row) => (
        <li key={row.key}>
          <div className="flex items-baseline gap-3 text-[0.929rem]">
            <span className="min-w-0 grow truncate">{row.name}</span>
            {row.note ? <span className="num shrink-0 text-[0.857rem] text-ink-3">{row.note}</span> : null}
            <span className="num shrink-0 font-medium">{row.shown}</span>
          </div>
          <div className="mt-1 h-1.5 overflow-hidden rounded-full bg-sunken" aria-hidden="true">
            <div
              className="h-full rounded-full transition-[width] duration-500"
              style={{
                width: `${Math.max((row.value / most) * 100, row.value > 0 ? 1 : 0)}%`,
                background: row.color ?? color,
              }}
            />
          </div>
        </li>
      ))}
    </ul>
  );
}

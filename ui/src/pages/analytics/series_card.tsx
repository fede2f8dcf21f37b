// A series over time with its total, how that changed, and the period before behind it.
import { useMemo, useState } from 'react';

import { analyticsPath, useAnalytics, type AnalyticsQuestion } from '@/api/queries';
import type { Analytics } from '@/api/types';
import { Legend, TimeSeries, type Series } from '@/charts/time_series';
import { bucket, change, short } from '@/lib/format';
import { isKept } from '@/lib/ranges';
import { AnalyticsCard } from '@/parts/analytics_card';
import { Button } from '@/parts/controls';
import { Delta } from '@/parts/figures';
import type { Period } from '@/parts/period';
import { Table } from '@/parts/table';

export interface SeriesLine {
  column: string;
  label: string;
  color: string;
  format?: (n: number) => string;
}

interface SeriesCardProps {
  title: string;
  note?: string;
  name: string;
  period: Period;
  question?: AnalyticsQuestion;
  lines: SeriesLine[];
  kind?: 'area' | 'bars' | 'lines' | 'stacked';
  /** The total that is told large, by its name in `totals`. */
  total: string;
  totalFormat?: (n: number) => string;
  totalNote?: (totals: Record<string, number | string>) => string;
  better?: 'more' | 'less';
  axisFormat?: (n: number) => string;
  max?: number;
  className?: string;
}

/** Rows of the period before under the times of this one; undefined where it has none. */
export function pastRows(
  answer: Analytics,
  before: Analytics | undefined,
  column: string,
): (number | null)[] | undefined {
  if (!before || before.granularity !== answer.granularity) return undefined;
  const shift = answer.from - before.from;
  const known = new Map(before.rows.map((row) => [Number(row.t) + shift, Number(row[column])]));
  return answer.rows.map((row) => known.get(Number(row.t)) ?? null);
}

export function SeriesCard(props: SeriesCardProps) {
  const {
    title,
    note,
    name,
    period,
    lines,
    kind = 'area',
    total,
    totalFormat = short,
    better,
    axisFormat,
    max,
  } = props;
  const [asTable, setAsTable] = useState(false);
  const filter = { ...props.question, category: props.question?.category || undefined };
  const comparable = period.compare && isKept(period.before, Date.now());
  const question = { ...filter, ...period.range };
  const now = useAnalytics(name, question);
  const before = useAnalytics(name, { ...filter, ...period.before }, 60_000, comparable);
  const past = comparable ? before.data : undefined;

  const drawn = useMemo(() => {
    if (!now.data) return undefined;
    const times = now.data.rows.map((row) => Number(row.t));
    const series: Series[] = lines.map((line) => ({
      ...line,
      values: now.data!.rows.map((row) => Number(row[line.column])),
    }));
    const first = lines[0]!;
    const old = kind === 'stacked' ? undefined : pastRows(now.data, past, first.column);
    if (old) series.push({ ...first, label: 'Period before', values: old, past: true });
    return { times, series };
  }, [now.data, past, kind]);

  return (
    <AnalyticsCard
      title={title}
      note={note}
      of={now}
      path={analyticsPath(name, question)}
      className={props.className}
      height={300}
      actions={
        <Button
          small
          kind="quiet"
          icon={asTable ? 'chart' : 'table'}
          label={asTable ? `${title} as a chart` : `${title} as a table`}
          onClick={() => setAsTable(!asTable)}
        />
      }
    >
      {(answer) => {
        const value = Number(answer.totals[total]);
        const old = past ? Number(past.totals[total]) : undefined;
        return (
          <>
            <div className="mb-2 flex flex-wrap items-baseline gap-x-3 gap-y-1">
              <span
                className="num text-[1.71rem] leading-tight font-semibold tracking-[-0.025em]"
                data-total={value}
              >
                {totalFormat(value)}
              </span>
              {comparable ? <Delta value={change(value, old)} better={better} /> : null}
              {props.totalNote ? (
                <span className="num text-[0.929rem] text-ink-2">{props.totalNote(answer.totals)}</span>
              ) : null}
            </div>
            {drawn && !asTable ? (
              <>
                <TimeSeries
                  times={drawn.times}
                  series={drawn.series}
                  granularity={answer.granularity}
                  kind={kind}
                  axisFormat={axisFormat}
                  max={max}
                  pastShift={period.range.from - period.before.from}
                  label={`${title}: ${totalFormat(value)} from ${bucket(answer.from, answer.granularity)} to ${bucket(answer.to, answer.granularity)}. The same as a table is behind the button above.`}
                />
                {drawn.series.length > 1 ? (
                  <div className="mt-2">
                    <Legend series={drawn.series} />
                  </div>
                ) : null}
              </>
            ) : null}
            {asTable ? (
              <div className="-mx-4 sm:-mx-5">
                <Table
                  caption={title}
                  height="max-h-64"
                  rows={[...answer.rows].reverse()}
                  rowKey={(row) => String(row.t)}
                  columns={[
                    { key: 't', name: 'Time', cell: (row) => bucket(Number(row.t), answer.granularity) },
                    ...lines.map((line) => ({
                      key: line.column,
                      name: line.label,
                      right: true,
                      cell: (row: Record<string, number | string>) =>
                        (line.format ?? short)(Number(row[line.column])),
                    })),
                  ]}
                />
              </div>
            ) : null}
          </>
        );
      }}
    </AnalyticsCard>
  );
}

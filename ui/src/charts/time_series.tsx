// Series over time on a canvas (uPlot), with the values under the pointer in a box beside it.
import { useEffect, useRef } from 'react';
import uPlot from 'uplot';

import { bucket, short } from '@/lib/format';
import { resolveColor, useDark } from '@/lib/theme';

export interface Series {
  label: string;
  values: (number | null)[];
  color: string;
  format?: (n: number) => string;
  /** Of the period before: drawn fainter and dashed. */
  past?: boolean;
}

interface TimeSeriesProps {
  /** Starts of the buckets, epoch milliseconds. */
  times: number[];
  series: Series[];
  granularity: string;
  label: string;
  height?: number;
  kind?: 'area' | 'bars' | 'lines' | 'stacked' | 'stacked-bars';
  axisFormat?: (n: number) => string;
  /** Length of the period, to name the times of the one before. */
  pastShift?: number;
  /** Top of the axis, for shares. */
  max?: number;
}

/** Each series on top of those after it, so that the first ends highest. */
export function stacked(series: (number | null)[][]): (number | null)[][] {
  const out: (number | null)[][] = [];
  for (let i = series.length - 1; i >= 0; --i)
    out[i] = (series[i] as (number | null)[]).map((v, at) => (v ?? 0) + (out[i + 1]?.[at] ?? 0));
  return out;
}

function withAlpha(color: string, alpha: number): string {
  const hex = /^#([0-9a-f]{6})$/i.exec(color);
  if (!hex) return color;
  const n = Number.parseInt(hex[1] as string, 16);
  return `rgba(${n >> 16}, ${(n >> 8) & 255}, ${n & 255}, ${alpha})`;
}

/** The box that follows the pointer. Built with textContent only: names come from the shop's data. */
function tooltip(box: HTMLDivElement, props: () => TimeSeriesProps): uPlot.Plugin {
  const show = (u: uPlot) => {
    const at = u.cursor.idx;
    if (at == null || u.cursor.left == null || u.cursor.left < 0) {
      box.style.display = 'none';
      return;
    }
    const { times, series, granularity, pastShift } = props();
    const time = times[at];
    if (time === undefined) return;
    const rows = series.map((s) => {
      const row = document.createElement('div');
      row.className = 'flex items-center gap-2 whitespace-nowrap';
      const dot = document.createElement('span');
      dot.className = 'size-2 shrink-0 rounded-full';
      dot.style.background = s.color;
      dot.style.opacity = s.past ? '0.5' : '1';
      const name = document.createElement('span');
      name.className = 'grow text-ink-2';
      name.textContent = s.past && pastShift ? `${bucket(time - pastShift, granularity)} (before)` : s.label;
      const value = document.createElement('span');
      value.className = 'num pl-3 font-medium';
      const v = s.values[at];
      value.textContent = v == null ? '–' : (s.format ?? short)(v);
      row.append(dot, name, value);
      return row;
    });
    const head = document.createElement('div');
    head.className = 'num mb-1 font-medium';
    head.textContent = bucket(time, granularity);
    box.replaceChildren(head, ...rows);
    box.style.display = 'block';
    const left = u.cursor.left + u.over.offsetLeft;
    const flip = left > u.width / 2;
    box.style.left = `${flip ? left - box.offsetWidth - 14 : left + 14}px`;
    box.style.top = `${Math.max(0, u.over.offsetTop + 4)}px`;
  };
  return { hooks: { setCursor: show } };
}

function optionsOf(
  props: TimeSeriesProps,
  width: number,
  box: HTMLDivElement,
  current: () => TimeSeriesProps,
): uPlot.Options {
  const { series, granularity, height = 220, kind = 'area', axisFormat = short, max } = props;
  const ink = resolveColor('var(--ink-3)');
  const line = resolveColor('var(--line)');
  const bars = uPlot.paths.bars?.({ size: [0.72, 48], radius: kind === 'bars' ? 0.18 : 0 });
  const smooth = uPlot.paths.spline?.();
  const apart = ((props.times[1] ?? 0) - (props.times[0] ?? 0)) / 1000;
  const half = kind.endsWith('bars') ? Math.max(apart, 60) / 2 : 0;
  const axis = { stroke: ink, font: '11.5px "Geist Variable", sans-serif', ticks: { show: false } };
  return {
    width,
    height,
    padding: [10, 18, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { size: 7, width: 2 }, drag: { x: false, y: false } },
    scales: {
      x: {
        time: true,
        // Room for the half of the first and of the last bar.
        range: (_u, from, to) => [from - half, to + half],
      },
      y: { range: (_u, _min, most) => [0, max ?? (most > 0 ? most * 1.08 : 1)] },
    },
    axes: [
      {
        ...axis,
        size: 30,
        grid: { show: false },
        space: granularity === 'hour' ? 96 : 64,
        values: (_u, splits) => splits.map((s) => bucket(s * 1000, granularity)),
      },
      {
        ...axis,
        size: 46,
        grid: { stroke: line, width: 1 },
        values: (_u, splits) => splits.map((v) => axisFormat(v)),
      },
    ],
    series: [
      {},
      ...series.map((s, i): uPlot.Series => {
        const stroke = resolveColor(s.color);
        if (s.past)
          return {
            stroke: withAlpha(stroke, 0.65),
            width: 1.5,
            dash: [4, 4],
            points: { show: false },
            paths: kind === 'bars' ? undefined : smooth,
          };
        if (kind === 'bars' || kind === 'stacked-bars') {
          const fill = kind === 'bars' ? withAlpha(stroke, 0.85) : stroke;
          return { stroke, fill, width: 0, paths: bars, points: { show: false } };
        }
        return {
          // Areas lie on those behind them, so they are opaque, with a seam of the ground's colour.
          stroke: kind === 'stacked' ? resolveColor('var(--surface)') : stroke,
          width: kind === 'stacked' ? 1 : 2,
          fill:
            kind === 'stacked' ? stroke : kind === 'area' && i === 0 ? withAlpha(stroke, 0.12) : undefined,
          points: { show: s.values.length < 3, size: 6 },
          paths: kind === 'stacked' ? undefined : smooth,
        };
      }),
    ],
    plugins: [tooltip(box, current)],
  };
}

function dataOf({ times, series, kind }: TimeSeriesProps): uPlot.AlignedData {
  const seconds = times.map((t) => t / 1000);
  const values = series.map((s) => s.values);
  return [seconds, ...(kind?.startsWith('stacked') ? stacked(values) : values)] as uPlot.AlignedData;
}

export function TimeSeries(props: TimeSeriesProps) {
  const host = useRef<HTMLDivElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const current = useRef(props);
  current.current = props;
  const dark = useDark();
  // What makes another chart of it, instead of other data in the same one.
  const shape = [
    dark,
    props.granularity,
    props.kind,
    props.height,
    ...props.series.map((s) => `${s.label}|${s.color}|${s.past}`),
    props.times.length < 3,
  ].join();

  useEffect(() => {
    const element = host.current as HTMLDivElement;
    const tip = box.current as HTMLDivElement;
    const made = new uPlot(
      optionsOf(current.current, element.clientWidth || 300, tip, () => current.current),
      dataOf(current.current),
      element,
    );
    plot.current = made;
    const watcher = new ResizeObserver(() => {
      if (element.clientWidth > 0) made.setSize({ width: element.clientWidth, height: made.height });
    });
    watcher.observe(element);
    return () => {
      watcher.disconnect();
      made.destroy();
      plot.current = null;
      tip.style.display = 'none';
    };
  }, [shape]);

  useEffect(() => {
    plot.current?.setData(dataOf(current.current));
  }, [props.times, props.series]);

  return (
    <div className="relative min-w-0" role="img" aria-label={props.label}>
      <div ref={host} className="min-w-0 overflow-hidden" style={{ minHeight: props.height ?? 220 }} />
      <div
        ref={box}
        className="pointer-events-none absolute z-10 hidden rounded-lg border border-line bg-raised px-2.5 py-2 text-[0.857rem] shadow-high"
      />
    </div>
  );
}

export function Legend({ series }: { series: Pick<Series, 'label' | 'color' | 'past'>[] }) {
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1 text-[0.857rem] text-ink-2">
      {series.map((s) => (
        <li key={s.label} className="flex items-center gap-1.5">
          <span
            aria-hidden="true"
            className={`h-0 w-3.5 ${s.past ? 'border-t-2 border-dashed opacity-70' : 'border-t-3'} rounded`}
            style={{ borderColor: s.color }}
          />
          {s.label}
        </li>
      ))}
    </ul>
  );
}

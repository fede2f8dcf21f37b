// Means with their intervals, all on one axis.
import { decimal, percent } from '@/lib/format';

export interface Interval {
  name: string;
  mean: number;
  low: number;
  high: number;
  color: string;
  note?: string;
}

/** Where the axis begins and ends: at zero if nothing is below it, with air beyond the highest. */
export function axisOf(of: Interval[]): [number, number] {
  const high = Math.max(...of.map((i) => i.high), 0.01);
  const low = Math.min(...of.map((i) => i.low), 0);
  const air = (high - low) * 0.06;
  return [low < 0 ? low - air : 0, high + air];
}

export function Intervals({ of, rates }: { of: Interval[]; rates: boolean }) {
  const [low, high] = axisOf(of);
  const at = (v: number) => `${((v - low) / (high - low)) * 100}%`;
  const shown = (v: number) => (rates ? percent(v, 1) : decimal(v));
  return (
    <ul className="space-y-3">
      {of.map((i) => (
        <li key={i.name}>
          <div className="flex items-baseline gap-3">
            <span className="min-w-0 grow truncate font-medium">{i.name}</span>
            {i.note ? <span className="num text-[0.857rem] text-ink-3">{i.note}</span> : null}
            <span className="num font-medium">{shown(i.mean)}</span>
          </div>
          <div
            role="img"
            aria-label={`${i.name}: ${shown(i.mean)}, with 95 % certainty between ${shown(i.low)} and ${shown(i.high)}`}
            title={`${shown(i.low)} – ${shown(i.high)}`}
            className="relative mt-1.5 h-3 rounded-full bg-sunken"
          >
            <div
              className="absolute top-1 h-1 rounded-full opacity-55"
              style={{ left: at(i.low), width: `calc(${at(i.high)} - ${at(i.low)})`, background: i.color }}
            />
            <div
              className="absolute top-0 size-3 -translate-x-1/2 rounded-full ring-2 ring-surface"
              style={{ left: at(i.mean), background: i.color }}
            />
          </div>
        </li>
      ))}
    </ul>
  );
}

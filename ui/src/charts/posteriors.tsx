// What is believed of each arm, drawn as densities with their means and 90 % intervals on one axis.
import { belief } from '@/lib/beta';
import { percent, percentRange } from '@/lib/format';

export interface ArmBelief {
  name: string;
  successes: number;
  trials: number;
  color: string;
  note?: string;
}

interface PosteriorsProps {
  arms: ArmBelief[];
  /** Pseudo-counts that every belief starts from: successes and failures. */
  prior?: [number, number];
}

const WIDTH = 320;
const HEIGHT = 46;

export function Posteriors({ arms, prior = [1, 9] }: PosteriorsProps) {
  const rough = arms.map((arm) => belief(arm.successes, arm.trials, ...prior));
  const top = Math.min(1, Math.max(...rough.map((b) => Math.min(b.top, b.high * 1.35)), 0.05));
  const drawn = arms.map((arm) => ({ arm, is: belief(arm.successes, arm.trials, ...prior, top) }));
  return (
    <div>
      <ul className="space-y-3">
        {drawn.map(({ arm, is }) => {
          const x = (v: number) => Math.min(WIDTH, (v / top) * WIDTH);
          const line = is.curve
            .map(
              (v, i) =>
                `${i ? 'L' : 'M'}${((i + 0.5) / is.curve.length) * WIDTH} ${HEIGHT - 8 - v * (HEIGHT - 12)}`,
            )
            .join('');
          return (
            <li key={arm.name} className="grid grid-cols-1 items-center gap-x-4 sm:grid-cols-[10.5rem_1fr]">
              <div className="flex min-w-0 items-baseline justify-between gap-3 sm:block">
                <p className="truncate font-medium">{arm.name}</p>
                <p className="num text-[0.857rem] text-ink-2">
                  {percent(is.mean, 1)} <span className="text-ink-3">({percentRange(is.low, is.high)})</span>
                </p>
                {arm.note ? (
                  <p className="hidden truncate text-[0.857rem] text-ink-3 sm:block">{arm.note}</p>
                ) : null}
              </div>
              <svg
                viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
                preserveAspectRatio="none"
                className="h-12 w-full"
                role="img"
                aria-label={`${arm.name}: ${percent(is.mean, 1)}, with 90 % certainty between ${percent(is.low, 1)} and ${percent(is.high, 1)}`}
              >
                <line
                  x1="0"
                  x2={WIDTH}
                  y1={HEIGHT - 8}
                  y2={HEIGHT - 8}
                  stroke="var(--line)"
                  vectorEffect="non-scaling-stroke"
                />
                <path d={`${line}L${WIDTH} ${HEIGHT - 8}L0 ${HEIGHT - 8}Z`} fill={arm.color} opacity="0.18" />
                <path
                  d={line}
                  fill="none"
                  stroke={arm.color}
                  strokeWidth="1.5"
                  vectorEffect="non-scaling-stroke"
                />
                <line
                  x1={x(is.low)}
                  x2={x(is.high)}
                  y1={HEIGHT - 4}
                  y2={HEIGHT - 4}
                  stroke={arm.color}
                  strokeWidth="3"
                  vectorEffect="non-scaling-stroke"
                  strokeLinecap="round"
                />
                <line
                  x1={x(is.mean)}
                  x2={x(is.mean)}
                  y1="4"
                  y2={HEIGHT - 8}
                  stroke={arm.color}
                  strokeDasharray="3 2"
                  vectorEffect="non-scaling-stroke"
                />
              </svg>
            </li>
          );
        })}
      </ul>
      <div
        className="num mt-1 flex justify-between text-[0.786rem] text-ink-3 sm:ml-[11.5rem]"
        aria-hidden="true"
      >
        {[0, 0.25, 0.5, 0.75, 1].map((share) => (
          <span key={share}>{percent(share * top, 0)}</span>
        ))}
      </div>
    </div>
  );
}

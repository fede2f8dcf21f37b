// A line without axes: the course of a figure beside the figure.

interface SparklineProps {
  values: number[];
  color?: string;
  height?: number;
  /** What it shows; without it the figure beside it says enough. */
  label?: string;
}

/** Points of a line through `values` in a box of 100 by `height`. */
export function sparkPoints(values: number[], height: number): [number, number][] {
  const most = Math.max(...values);
  const least = Math.min(0, ...values);
  const span = most - least || 1;
  const step = values.length > 1 ? 100 / (values.length - 1) : 0;
  return values.map((v, i) => [i * step, 2 + (height - 4) * (1 - (v - least) / span)]);
}

export function Sparkline({ values, color = 'var(--s1)', height = 32, label }: SparklineProps) {
  if (values.length < 2) return <div style={{ height }} aria-hidden="true" />;
  const points = sparkPoints(values, height);
  const line = points.map(([x, y], i) => `${i ? 'L' : 'M'}${x.toFixed(2)} ${y.toFixed(2)}`).join('');
  return (
    <svg
      viewBox={`0 0 100 ${height}`}
      preserveAspectRatio="none"
      className="block w-full overflow-visible"
      style={{ height }}
      role={label ? 'img' : undefined}
      aria-label={label}
      aria-hidden={label ? undefined : true}
    >
      <path d={`${line}L100 ${height}L0 ${height}Z`} fill={color} opacity="0.1" />
      <path
        d={line}
        fill="none"
        stroke={color}
        strokeWidth="1.75"
        vectorEffect="non-scaling-stroke"
        strokeLinejoin="round"
      />
    </svg>
  );
}

// Latencies by bucket, as columns; the buckets are the node's own, so they are not of equal width.
import { count, milliseconds } from '@/lib/format';
import { quantile, type Histogram } from '@/lib/prometheus';

export function LatencyHistogram({ of }: { of: Histogram }) {
  const shown = of.buckets.filter((b, i) => b.count > 0 || (i > 0 && i < of.buckets.length - 1));
  const most = Math.max(...shown.map((b) => b.count), 1);
  const p50 = quantile(of, 0.5) * 1000;
  const p99 = quantile(of, 0.99) * 1000;
  const name = (le: number) => (Number.isFinite(le) ? `≤ ${milliseconds(le * 1000)}` : 'more');
  return (
    <figure>
      <div
        className="flex h-24 items-end gap-0.5"
        role="img"
        aria-label={`Half within ${milliseconds(p50)}, 99 % within ${milliseconds(p99)}`}
      >
        {shown.map((b) => (
          <div
            key={b.le}
            title={`${name(b.le)}: ${count(b.count)}`}
            className="min-w-1 grow rounded-t-sm transition-[height] duration-500 hover:brightness-110"
            style={{
              height: `${b.count ? Math.max(3, (b.count / most) * 100) : 1}%`,
              background: b.count ? (b.le * 1000 > p99 ? 'var(--s2)' : 'var(--s1)') : 'var(--line)',
            }}
          />
        ))}
      </div>
      <figcaption className="num mt-1.5 flex justify-between border-t border-line pt-1.5 text-[0.786rem] text-ink-3">
        <span>{milliseconds((shown[0]?.le ?? 0) * 1000)}</span>
        <span>
          p50 <b className="font-medium text-ink">{milliseconds(p50)}</b> · p99{' '}
          <b className="font-medium text-ink">{milliseconds(p99)}</b> · {count(of.count)}
        </span>
        <span>{shown.length ? name(shown[shown.length - 1]!.le) : ''}</span>
      </figcaption>
    </figure>
  );
}

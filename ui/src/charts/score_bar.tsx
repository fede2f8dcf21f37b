// A recommendation's score as the sum of its terms, each as long as its weighted share.
import type { Weights } from '@/api/types';
import { decimal } from '@/lib/format';

export const defaultWeights: Weights = { userPref: 0.4, itemQuality: 0.3, recency: 0.2, diversity: 0.1 };

export const scoreTerms: { key: keyof Weights; name: string; color: string }[] = [
  { key: 'userPref', name: 'Taste', color: 'var(--s1)' },
  { key: 'itemQuality', name: 'Quality', color: 'var(--s3)' },
  { key: 'recency', name: 'Recency', color: 'var(--s2)' },
  { key: 'diversity', name: 'Diversity', color: 'var(--s5)' },
];

interface ScoreBarProps {
  terms: Weights;
  weights?: Weights;
  /** The score that fills the bar's whole length. */
  most: number;
}

export function ScoreBar({ terms, weights = defaultWeights, most }: ScoreBarProps) {
  const parts = scoreTerms.map((t) => ({ ...t, part: terms[t.key] * weights[t.key] }));
  const text = parts.map((p) => `${p.name} ${decimal(terms[p.key])} × ${decimal(weights[p.key])}`).join(', ');
  return (
    <div
      className="flex h-2 gap-px overflow-hidden rounded-full bg-sunken"
      role="img"
      aria-label={text}
      title={text}
    >
      {parts.map((p) => (
        <div
          key={p.key}
          className="h-full transition-[width] duration-500"
          style={{ width: `${(p.part / (most || 1)) * 100}%`, background: p.color }}
        />
      ))}
    </div>
  );
}

export function ScoreLegend() {
  return (
    <ul className="flex flex-wrap gap-x-3 gap-y-1 text-[0.857rem] text-ink-2">
      {scoreTerms.map((t) => (
        <li key={t.key} className="flex items-center gap-1.5">
          <span aria-hidden="true" className="size-2 rounded-full" style={{ background: t.color }} />
          {t.name}
        </li>
      ))}
    </ul>
  );
}

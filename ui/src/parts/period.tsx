// The range that a page's figures are over, kept in the address so that it can be shared.
import { useMemo } from 'react';
import { useSearchParams } from 'wouter';

import { useNow } from '@/lib/now';
import { previous, rangeChoices, rangeOf, type Range } from '@/lib/ranges';

import { Segmented } from './controls';

export interface Period {
  id: string;
  range: Range;
  before: Range;
  compare: boolean;
  category: string;
}

export function usePeriod(standard = '1h'): Period & { set: (part: Record<string, string>) => void } {
  const [search, setSearch] = useSearchParams();
  const now = useNow(10_000);
  const choice = rangeChoices.find((c) => c.id === (search.get('range') ?? standard)) ?? rangeChoices[1]!;
  const to = rangeOf(choice, now).to;
  const range = useMemo(() => rangeOf(choice, to - 1), [choice.id, to]);
  return {
    id: choice.id,
    range,
    before: useMemo(() => previous(range), [range]),
    compare: search.get('compare') !== 'off',
    category: search.get('category') ?? '',
    set: (part) =>
      setSearch(
        (old) => {
          const next = new URLSearchParams(old);
          for (const [name, value] of Object.entries(part)) {
            if (value) next.set(name, value);
            else next.delete(name);
          }
          return next;
        },
        { replace: true },
      ),
  };
}

export function RangeChoice({ period }: { period: ReturnType<typeof usePeriod> }) {
  return (
    <Segmented
      label="Range"
      value={period.id}
      options={rangeChoices.map((c) => ({ value: c.id, label: c.label }))}
      onChange={(range) => period.set({ range })}
    />
  );
}

export function CompareChoice({ period }: { period: ReturnType<typeof usePeriod> }) {
  return (
    <label className="flex h-9 cursor-pointer items-center gap-2 text-[0.929rem] text-ink-2">
      <input
        type="checkbox"
        className="size-4 accent-(--accent)"
        checked={period.compare}
        onChange={(e) => period.set({ compare: e.target.checked ? '' : 'off' })}
      />
      Compare with the period before
    </label>
  );
}

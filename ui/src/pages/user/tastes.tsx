// What the shopper likes, as decayed weights of categories and brands.
import type { Features, Inspected } from '@/api/types';
import { category, decimal } from '@/lib/format';
import { BarList } from '@/parts/figures';
import { Empty } from '@/parts/states';
import { Card } from '@/parts/surface';

function Weights({
  title,
  of,
  color,
  name,
}: {
  title: string;
  of: { name: string; weight: number }[];
  color: string;
  name?: (n: string) => string;
}) {
  if (of.length === 0) return null;
  return (
    <div>
      <h3 className="mb-2 text-[0.857rem] font-medium text-ink-3">{title}</h3>
      <BarList
        color={color}
        rows={[...of]
          .sort((a, b) => b.weight - a.weight)
          .slice(0, 5)
          .map((w) => ({
            key: w.name,
            name: name ? name(w.name) : w.name,
            value: w.weight,
            shown: decimal(w.weight, 1),
          }))}
      />
    </div>
  );
}

export function Tastes({ features, inspected }: { features: Features; inspected: Inspected | undefined }) {
  const state = inspected?.state;
  const nothing = !state || (state.categories.length === 0 && state.brands.length === 0);
  return (
    <Card title="Tastes" note="Weights fade with time">
      {nothing ? (
        <Empty title="No tastes known yet">They grow with each item this shopper meets.</Empty>
      ) : (
        <div className="space-y-4">
          <Weights title="Categories" of={state.categories} color="var(--s1)" name={category} />
          <Weights title="Brands" of={state.brands} color="var(--s5)" />
          {features.recentSearches.length > 0 ? (
            <div>
              <h3 className="mb-1 text-[0.857rem] font-medium text-ink-3">Searched for</h3>
              <p className="text-ink-2">{features.recentSearches.map((q) => `“${q}”`).join(', ')}</p>
            </div>
          ) : null}
        </div>
      )}
    </Card>
  );
}

// The open cart, and how long it stays open.
import type { Features, Inspected } from '@/api/types';
import { count, duration, money } from '@/lib/format';
import { ItemName } from '@/parts/links';
import { Card } from '@/parts/surface';

export function Cart({ inspected, features }: { inspected: Inspected | undefined; features: Features }) {
  const lines = inspected?.state?.cart.lines ?? [];
  const timer = inspected?.timers?.find((t) => t.kind === 'cart_abandoned');
  if (lines.length === 0) return null;
  return (
    <Card
      title="Open cart"
      note={timer ? `Counts as abandoned in ${duration(timer.inSeconds)} without an order` : undefined}
    >
      <ul className="divide-y divide-line">
        {lines.map((line) => (
          <li key={line.productId} className="num flex items-baseline gap-3 py-1.5">
            <span className="w-8 shrink-0 text-ink-3">{count(line.quantity)} ×</span>
            <span className="min-w-0 grow truncate">
              <ItemName id={line.productId} />
            </span>
            <span>{money(line.price * line.quantity)}</span>
          </li>
        ))}
      </ul>
      <p className="num mt-1 flex justify-between border-t border-line-strong pt-2 font-semibold">
        <span>Total</span>
        <span>{money(features.cartValue)}</span>
      </p>
    </Card>
  );
}

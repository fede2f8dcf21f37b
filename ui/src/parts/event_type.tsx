// Types of events: their names, colours and the badge that shows them.
import { words } from '@/lib/format';

const colors: Record<string, string> = {
  VIEW: 'var(--s3)',
  CLICK: 'var(--s6)',
  SCROLL: 'var(--s7)',
  TIME_ON_PAGE: 'var(--s7)',
  ADD_TO_CART: 'var(--s2)',
  REMOVE_FROM_CART: 'var(--s4)',
  SEARCH: 'var(--s5)',
  CHECKOUT: 'var(--s1)',
  ORDER: 'var(--s1)',
  CANCEL: 'var(--s4)',
  OFFER_SERVED: 'var(--s5)',
  OFFER_REWARDED: 'var(--s1)',
  CART_ABANDONED: 'var(--s4)',
};

export const eventTypes = Object.keys(colors);
export const activityTypes = [
  'VIEW',
  'CLICK',
  'SCROLL',
  'TIME_ON_PAGE',
  'ADD_TO_CART',
  'REMOVE_FROM_CART',
  'SEARCH',
];

export const eventColor = (type: string): string => colors[type] ?? 'var(--s7)';

export function EventType({ type }: { type: string }) {
  return (
    <span className="inline-flex items-center gap-1.5 whitespace-nowrap">
      <span
        aria-hidden="true"
        className="size-2 shrink-0 rounded-full"
        style={{ background: eventColor(type) }}
      />
      {words(type)}
    </span>
  );
}

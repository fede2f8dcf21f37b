// Ranges of time that charts are drawn over. A range ends at a whole step, so that the same question
// is asked again, and answered from memory, until the step is over.

export interface RangeChoice {
  id: string;
  label: string;
  length: number;
  granularity: 'minute' | 'hour' | 'day';
}

export interface Range {
  from: number;
  to: number;
  granularity: 'minute' | 'hour' | 'day';
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const steps: Record<Range['granularity'], number> = { minute: MINUTE, hour: HOUR, day: DAY };

export const rangeChoices: RangeChoice[] = [
  { id: '15m', label: '15 min', length: 15 * MINUTE, granularity: 'minute' },
  { id: '1h', label: '1 hour', length: HOUR, granularity: 'minute' },
  { id: '24h', label: '24 hours', length: DAY, granularity: 'hour' },
  { id: '7d', label: '7 days', length: 7 * DAY, granularity: 'day' },
  { id: '30d', label: '30 days', length: 30 * DAY, granularity: 'day' },
  { id: '90d', label: '90 days', length: 90 * DAY, granularity: 'day' },
];

/** The range of a choice that ends with the step `now` is in. */
export function rangeOf(choice: RangeChoice, now: number): Range {
  const step = steps[choice.granularity];
  const to = Math.floor(now / step) * step + step;
  return { from: to - choice.length, to, granularity: choice.granularity };
}

/** The range of the same length just before. */
export function previous(range: Range): Range {
  return { ...range, from: range.from - (range.to - range.from), to: range.from };
}

/** Whether the node still has that range in that granularity; see docs/analytics.md. */
export function isKept(range: Range, now: number): boolean {
  const kept = { minute: 2 * HOUR, hour: 3 * DAY, day: 120 * DAY }[range.granularity];
  return range.from >= now - kept - steps[range.granularity];
}

import { describe, expect, it } from 'vitest';

import { analyticsPath } from '@/api/queries';
import {
  ago,
  bytes,
  category,
  change,
  country,
  duration,
  milliseconds,
  money,
  percent,
  percentRange,
  short,
  words,
} from '@/lib/format';
import { isKept, previous, rangeChoices, rangeOf } from '@/lib/ranges';

describe('formats', () => {
  it('shortens large numbers and leaves small ones', () => {
    expect(short(950)).toBe('950');
    expect(short(1_234)).toBe('1.2K');
    expect(short(3_400_000)).toBe('3.4M');
    expect(money(1234.5)).toBe('1,234.50');
  });

  it('gives small shares more digits', () => {
    expect(percent(0.1234)).toBe('12.3 %');
    expect(percent(0.00531)).toBe('0.53 %');
    expect(percent(0)).toBe('0 %');
    expect(percentRange(0.066, 0.184)).toBe('6.6\u00a0–\u00a018.4\u00a0%');
  });

  it('tells durations, sizes and latencies in the unit people expect', () => {
    expect([0.25, 42, 95, 7_500, 300_000].map(duration)).toEqual([
      '250 ms',
      '42 s',
      '1 min 35 s',
      '2 h 5 min',
      '3 d',
    ]);
    expect([512, 2_048, 5 * 1024 ** 3].map(bytes)).toEqual(['512 B', '2 KiB', '5 GiB']);
    expect([0.25, 3.456, 2_500].map(milliseconds)).toEqual(['250 µs', '3.46 ms', '2.5 s']);
  });

  it('tells how long ago something was', () => {
    const now = 1_000_000_000;
    expect([1, 30, 300, 7_200, 400_000].map((s) => ago(now - s * 1000, now))).toEqual([
      'just now',
      '30 s ago',
      '5 min ago',
      '2 h ago',
      '4 d ago',
    ]);
  });

  it('makes words of names', () => {
    expect([words('ADD_TO_CART'), words('offerServed'), words('high_value')]).toEqual([
      'Add to cart',
      'Offer served',
      'High value',
    ]);
    expect(category('electronics.laptop')).toBe('electronics › laptop');
    expect([country('DE'), country('(none)'), country('')]).toEqual(['Germany', 'Unknown', 'Unknown']);
  });

  it('compares with an earlier value only where there was one', () => {
    expect(change(120, 100)).toBeCloseTo(0.2);
    expect(change(120, 0)).toBeUndefined();
    expect(change(120, undefined)).toBeUndefined();
  });
});

describe('ranges', () => {
  const now = Date.UTC(2026, 10, 24, 11, 20, 30);

  it('end with the step that runs, so that questions repeat', () => {
    const hour = rangeChoices.find((c) => c.id === '1h')!;
    const range = rangeOf(hour, now);
    expect(range.to).toBe(Date.UTC(2026, 10, 24, 11, 21));
    expect(range.to - range.from).toBe(3_600_000);
    expect(rangeOf(hour, now + 20_000)).toEqual(range);
  });

  it('are preceded by one of the same length', () => {
    const range = rangeOf(rangeChoices[2]!, now);
    const before = previous(range);
    expect(before.to).toBe(range.from);
    expect(before.to - before.from).toBe(range.to - range.from);
  });

  it('know what the node still has', () => {
    const of = (id: string) =>
      rangeOf(
        rangeChoices.find((c) => c.id === id)!,
        now,
      );
    expect(isKept(previous(of('1h')), now)).toBe(true);
    expect(isKept(previous(of('24h')), now)).toBe(true);
    expect(isKept(previous(of('90d')), now)).toBe(false);
  });

  it('make questions without empty parameters', () => {
    expect(analyticsPath('revenue', { from: 1, to: 2, category: '', by: undefined })).toBe(
      '/api/analytics/revenue?from=1&to=2',
    );
  });
});

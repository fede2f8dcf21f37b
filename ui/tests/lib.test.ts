import { describe, expect, it } from 'vitest';

import { belief, logGamma } from '@/lib/beta';
import { addressOf, asCurl, callsByTag, exampleOf, follow, typeText, type Document } from '@/lib/openapi';
import { userIdOf, userPath } from '@/lib/route';
import { histograms, parseMetrics, quantile } from '@/lib/prometheus';
import { stacked } from '@/charts/time_series';
import { sparkPoints } from '@/charts/sparkline';

const metrics = `# HELP riq_x Text.
# TYPE riq_x histogram
riq_x_count{method="GET",route="/a\\"b"} 10
riq_x_sum{method="GET",route="/a\\"b"} 0.5
riq_x_bucket{method="GET",route="/a\\"b",le="0.1"} 4
riq_x_bucket{method="GET",route="/a\\"b",le="0.2"} 8
riq_x_bucket{method="GET",route="/a\\"b",le="+Inf"} 10
riq_ready 1
`;

describe('metrics', () => {
  it('are read with their labels', () => {
    const samples = parseMetrics(metrics);
    expect(samples.at(-1)).toEqual({ name: 'riq_ready', labels: {}, value: 1 });
    expect(samples[0]!.labels.route).toBe('/a"b');
  });

  it('make histograms of single buckets, and quantiles of those', () => {
    const [h] = histograms(parseMetrics(metrics), 'riq_x');
    expect(h!.buckets.map((b) => b.count)).toEqual([4, 4, 2]);
    expect(quantile(h!, 0.5)).toBeCloseTo(0.125);
    // Beyond the last bound nothing is known but the bound.
    expect(quantile(h!, 0.99)).toBe(0.2);
  });
});

describe('beliefs', () => {
  it('have the mean and the interval of a Beta distribution', () => {
    expect(logGamma(5)).toBeCloseTo(Math.log(24), 10);
    const b = belief(30, 90, 1, 9);
    expect(b.mean).toBeCloseTo(31 / 100);
    // Quantiles of Beta(31, 69) at 5 % and 95 %.
    expect(b.low).toBeCloseTo(0.2364, 2);
    expect(b.high).toBeCloseTo(0.3883, 2);
    expect(Math.max(...b.curve)).toBe(1);
  });

  it('are wide while little is known, and stand where fractions of rewards put them', () => {
    const few = belief(0, 0, 1, 9);
    const many = belief(100, 1_000, 1, 9);
    expect(few.mean).toBeCloseTo(0.1);
    expect(few.high - few.low).toBeGreaterThan(5 * (many.high - many.low));
    expect(belief(1.5, 3, 1, 1).mean).toBeCloseTo(0.5);
  });
});

const document: Document = {
  openapi: '3.1.0',
  info: { title: 'x', version: '1' },
  paths: {
    '/api/items/{productId}': {
      get: {
        tags: ['items'],
        parameters: [
          { name: 'productId', in: 'path', required: true, schema: { type: 'string' } },
          { name: 'after', in: 'query', schema: { type: 'integer', minimum: 1, maximum: 200 } },
        ],
        responses: {},
      },
      put: { tags: ['items'], responses: {} },
    },
    '/healthz': { get: { tags: ['node'], responses: {} } },
  },
  components: {
    schemas: {
      Order: {
        type: 'object',
        required: ['orderId', 'items'],
        properties: {
          orderId: { type: 'string' },
          items: { type: 'array', items: { $ref: '#/components/schemas/Line' } },
          note: { type: 'string' },
        },
      },
      Line: {
        type: 'object',
        required: ['quantity'],
        properties: { quantity: { type: 'integer', minimum: 1 } },
      },
      Loop: {
        type: 'object',
        required: ['next'],
        properties: { next: { $ref: '#/components/schemas/Loop' } },
      },
    },
  },
};

describe('the API document', () => {
  it('is told by tag', () => {
    expect(callsByTag(document).map(([tag, calls]) => [tag, calls.map((c) => c.method)])).toEqual([
      ['items', ['GET', 'PUT']],
      ['node', ['GET']],
    ]);
  });

  it('gives addresses with what was filled in', () => {
    const call = callsByTag(document)[0]![1][0]!;
    expect(addressOf(call, { productId: 'a/b ä', after: '' })).toBe('/api/items/a%2Fb%20%C3%A4');
    expect(addressOf(call, { productId: 'x', after: '7' })).toBe('/api/items/x?after=7');
  });

  it('gives examples that have what is required, and ends in loops', () => {
    expect(exampleOf({ $ref: '#/components/schemas/Order' }, document)).toEqual({
      orderId: 'order_789',
      items: [{ quantity: 1 }],
    });
    expect(JSON.stringify(exampleOf({ $ref: '#/components/schemas/Loop' }, document)).length).toBeLessThan(
      200,
    );
    const whole = follow(
      { allOf: [{ $ref: '#/components/schemas/Line' }, { properties: { more: {} } }] },
      document,
    );
    expect([Object.keys(whole.properties!), whole.required]).toEqual([['quantity', 'more'], ['quantity']]);
    expect(typeText({ type: 'integer', minimum: 1, maximum: 200 })).toBe('integer 1 – 200');
    expect(typeText({ type: ['integer', 'string'] })).toBe('integer or string');
  });

  it('gives lines for a shell that quote what they must, without the key', () => {
    expect(asCurl('POST', 'http://h/x', 'application/json', `{"q":"it's"}`, true)).toBe(
      `curl -X POST 'http://h/x' -H "Authorization: Bearer $KEY" -H 'Content-Type: application/json' -d '{"q":"it'\\''s"}'`,
    );
  });
});

describe('charts', () => {
  it('stack series upon those after them', () => {
    expect(
      stacked([
        [1, 2],
        [10, null],
        [100, 100],
      ]),
    ).toEqual([
      [111, 102],
      [110, 100],
      [100, 100],
    ]);
  });

  it('keep sparklines within their box, and flat ones at the bottom', () => {
    const points = sparkPoints([0, 5, 10], 30);
    expect(points[0]).toEqual([0, 28]);
    expect(points[2]).toEqual([100, 2]);
    expect(sparkPoints([0, 0], 30).every(([, y]) => y === 28)).toBe(true);
  });
});

describe('addresses of users', () => {
  it('keep every id as it is', () => {
    for (const id of ['user_42', '50%', 'a/b', 'a%2Fb', 'ä ö', '?#&'])
      expect(userIdOf(userPath(id))).toBe(id);
    expect([userIdOf('/users'), userIdOf('/users/'), userIdOf('/users/50%')]).toEqual(['', '', '50%']);
  });
});

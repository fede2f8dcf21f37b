// Reads Prometheus' text format, as far as histograms and single samples need it.

export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

export interface Histogram {
  labels: Record<string, string>;
  count: number;
  sum: number;
  /** Upper bounds with the number of observations in each bucket alone. */
  buckets: { le: number; count: number }[];
}

const line = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)/;
const label = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;

const number = (text: string): number =>
  text === '+Inf' ? Infinity : text === '-Inf' ? -Infinity : Number(text);

export function parseMetrics(text: string): Sample[] {
  const out: Sample[] = [];
  for (const row of text.split('\n')) {
    if (row.startsWith('#')) continue;
    const found = line.exec(row);
    if (!found) continue;
    const labels: Record<string, string> = {};
    for (const [, name, value] of (found[2] ?? '').matchAll(label))
      labels[name as string] = (value as string).replace(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c));
    out.push({ name: found[1] as string, labels, value: number(found[3] as string) });
  }
  return out;
}

/** The histograms of one name, by their labels. */
export function histograms(samples: Sample[], name: string): Histogram[] {
  const found = new Map<string, Histogram>();
  const of = (labels: Record<string, string>): Histogram => {
    const { le: _, ...rest } = labels;
    const key = JSON.stringify(Object.entries(rest).sort());
    let h = found.get(key);
    if (!h) found.set(key, (h = { labels: rest, count: 0, sum: 0, buckets: [] }));
    return h;
  };
  for (const s of samples) {
    if (s.name === `${name}_count`) of(s.labels).count = s.value;
    else if (s.name === `${name}_sum`) of(s.labels).sum = s.value;
    else if (s.name === `${name}_bucket`)
      of(s.labels).buckets.push({ le: number(s.labels.le ?? ''), count: s.value });
  }
  for (const h of found.values()) {
    h.buckets.sort((a, b) => a.le - b.le);
    // They come cumulative.
    for (let i = h.buckets.length - 1; i > 0; --i) h.buckets[i]!.count -= h.buckets[i - 1]!.count;
  }
  return [...found.values()];
}

/** The value below which the share `q` of the observations lies, linear within a bucket. */
export function quantile(h: Histogram, q: number): number {
  let below = 0;
  let lower = 0;
  for (const b of h.buckets) {
    if (b.count > 0 && below + b.count >= q * h.count) {
      if (!Number.isFinite(b.le)) return lower;
      return lower + ((q * h.count - below) / b.count) * (b.le - lower);
    }
    below += b.count;
    lower = b.le;
  }
  return lower;
}

// Numbers, times and names as people read them. Everything that is shown goes through here.

const integer = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

export const count = (n: number): string => integer.format(n);

/** 950, 1.2K, 3.4M */
export const short = (n: number): string => (Math.abs(n) < 1_000 ? decimal(n, 1) : compact.format(n));

/** At most `digits` decimals, without zeros at the end. */
export function decimal(n: number, digits = 2): string {
  return new Intl.NumberFormat('en', { maximumFractionDigits: digits }).format(n);
}

/** 12.5 %, with more digits where the number is small. */
export function percent(share: number, digits?: number): string {
  const value = share * 100;
  const shown = digits ?? (Math.abs(value) >= 10 || value === 0 ? 1 : 2);
  return `${new Intl.NumberFormat('en', { maximumFractionDigits: shown }).format(value)} %`;
}

/** 6.6 – 18.4 %, without a break in it. */
export function percentRange(low: number, high: number, digits = 1): string {
  const shown = (share: number) =>
    new Intl.NumberFormat('en', { maximumFractionDigits: digits }).format(share * 100);
  return `${shown(low)}\u00a0–\u00a0${shown(high)}\u00a0%`;
}

/** Amounts have no currency of their own: the shop's events may have any. */
export function money(n: number): string {
  return new Intl.NumberFormat('en', {
    minimumFractionDigits: 2,
    maximumFractionDigits: 2,
  }).format(n);
}

export const moneyShort = (n: number): string => (Math.abs(n) < 10_000 ? money(n) : compact.format(n));

export function bytes(n: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  let value = n;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    ++unit;
  }
  return `${decimal(value, value < 10 && unit > 0 ? 1 : 0)} ${units[unit]}`;
}

/** 850 ms, 12 s, 3 min, 2 h 5 min, 4 d */
export function duration(seconds: number): string {
  const s = Math.max(0, seconds);
  if (s < 1) return `${Math.round(s * 1000)} ms`;
  if (s < 60) return `${decimal(s, s < 10 ? 1 : 0)} s`;
  const minutes = Math.floor(s / 60);
  if (minutes < 60)
    return s % 60 >= 1 && minutes < 10 ? `${minutes} min ${Math.floor(s % 60)} s` : `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
  return `${Math.floor(hours / 24)} d`;
}

export function milliseconds(ms: number): string {
  if (ms < 1) return `${decimal(ms * 1000, 0)} µs`;
  return ms < 1000 ? `${decimal(ms, ms < 10 ? 2 : 0)} ms` : `${decimal(ms / 1000, 2)} s`;
}

/** just now, 12 s ago, 3 min ago, … */
export function ago(time: number, now = Date.now()): string {
  const s = (now - time) / 1000;
  if (s < -5) return `in ${duration(-s)}`;
  if (s < 3) return 'just now';
  if (s < 60) return `${Math.floor(s)} s ago`;
  if (s < 3600) return `${Math.floor(s / 60)} min ago`;
  if (s < 48 * 3600) return `${Math.floor(s / 3600)} h ago`;
  return `${Math.floor(s / 86400)} d ago`;
}

const clockFormat = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});
const minuteFormat = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const dayFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const dayUtcFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });
const fullFormat = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });

export const clock = (time: number): string => clockFormat.format(time);
export const full = (time: number): string => fullFormat.format(time);
/** Buckets of a day begin at midnight UTC, so their names are in UTC too. */
export const dayUtc = (time: number): string => dayUtcFormat.format(time);

export function bucket(time: number, granularity: string): string {
  if (granularity === 'day') return dayUtc(time);
  if (granularity === 'hour') return `${dayFormat.format(time)}, ${minuteFormat.format(time)}`;
  return minuteFormat.format(time);
}

const regions = new Intl.DisplayNames('en', { type: 'region' });

/** Germany for DE; what is no country keeps a name people understand. */
export function country(code: string): string {
  if (!/^[A-Z]{2}$/.test(code)) return 'Unknown';
  return regions.of(code) ?? code;
}

/** `add_to_cart`, `ADD_TO_CART` and `addToCart` as `Add to cart`. */
export function words(name: string): string {
  const text = name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/[_-]+/g, ' ')
    .trim()
    .toLowerCase();
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** `electronics.laptop` as `electronics › laptop`. */
export const category = (path: string): string => path.split('.').join(' › ');

/** Change against an earlier value as a share, undefined when there was nothing before. */
export function change(now: number, before: number | undefined): number | undefined {
  if (before === undefined || before === 0 || !Number.isFinite(before)) return undefined;
  return (now - before) / Math.abs(before);
}

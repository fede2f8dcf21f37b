// What the Live page remembers of the stream. Events may come by the thousand a second: they are
// gathered here, and the page is told at most four times a second.
import { LiveStream, type StreamEvent, type StreamState } from '@/api/stream';

export interface LiveRow {
  key: string;
  kind: 'event' | 'offer' | 'outcome';
  type: string;
  time: number;
  userId: string;
  data: Record<string, unknown>;
}

export interface ServedList {
  key: string;
  userId: string;
  time: number;
  count: number;
  items: { productId: string; score: number; reason: string; sources: string[] }[];
}

export interface Tick {
  time: number;
  eventsPerSec: number;
  viewsPerMinute: number;
  usersNow: number;
  sessionsNow: number;
  ordersLastHour: number;
  revenueLastHour: number;
  openCarts: number;
  openCartValue: number;
  partial: boolean;
  /** Events that the node left out of the stream since its start, because there were too many. */
  leftOut?: number;
}

export interface Filters {
  user: string;
  type: string;
  category: string;
}

export interface LiveState {
  stream: StreamState;
  rows: LiveRow[];
  lists: ServedList[];
  ticks: Tick[];
  /** Events that came in each of the last seconds, the newest last. */
  seconds: number[];
  received: number;
  paused: boolean;
  /** Rows that came since the pause. */
  held: number;
  lost: number;
}

/** Whether the node leaves events out of the stream at the moment. */
export const isSample = (ticks: Tick[]): boolean =>
  (ticks.at(-1)?.leftOut ?? 0) > (ticks.at(-2)?.leftOut ?? ticks.at(-1)?.leftOut ?? 0);

/** Events a second that came here lately, undefined before the first whole second. */
export function rateHere(seconds: number[]): number | undefined {
  const whole = seconds.slice(-11, -1);
  const first = whole.findIndex((n) => n > 0);
  if (first < 0) return undefined;
  const seen = whole.slice(first);
  return seen.reduce((a, b) => a + b, 0) / seen.length;
}

const ROWS = 120;
const LISTS = 8;
const TICKS = 90;
export const SECONDS = 60;
const TELL_EVERY_MS = 250;

const blank = (): LiveState => ({
  stream: { phase: 'connecting' },
  rows: [],
  lists: [],
  ticks: [],
  seconds: new Array<number>(SECONDS).fill(0),
  received: 0,
  paused: false,
  held: 0,
  lost: 0,
});

export class LiveStore {
  /** What is being gathered, and what the page was told of it last. */
  private readonly work = blank();
  private told: LiveState = blank();
  private listeners = new Set<() => void>();
  private stream: LiveStream | undefined;
  private filters: Filters = { user: '', type: '', category: '' };
  private lastId = '';
  private fresh: LiveRow[] = [];
  private next = 0;
  private second = 0;
  private timer: ReturnType<typeof setInterval> | undefined;
  private dirty = false;

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  readonly snapshot = (): LiveState => this.told;

  start(filters: Filters): void {
    const changed = JSON.stringify(filters) !== JSON.stringify(this.filters);
    this.stop();
    if (changed) {
      // Rows of another filter would be mixed with those of this one.
      this.filters = filters;
      this.lastId = '';
      this.fresh = [];
      this.set({ rows: [], lists: [], held: 0 });
    }
    this.stream = new LiveStream({
      user: filters.user,
      type: filters.type,
      category: filters.category,
      lastId: this.lastId,
      onEvent: (e) => this.take(e),
      onState: (stream) => this.set({ stream }),
    }).start();
    this.timer = setInterval(() => this.flush(Date.now()), TELL_EVERY_MS);
  }

  /** Ends the stream; what came is kept, and the next start goes on behind it. */
  stop(): void {
    this.lastId = this.stream?.newestId ?? this.lastId;
    this.stream?.stop();
    this.stream = undefined;
    clearInterval(this.timer);
  }

  retryNow(): void {
    this.stream?.retryNow();
  }

  pause(paused: boolean): void {
    this.set({ paused });
    if (!paused) this.flush(Date.now(), true);
  }

  take(e: StreamEvent, now = Date.now()): void {
    const data = e.data;
    const key = e.id || `n${this.next++}`;
    if (e.event === 'hello') {
      const lost = Number(data.lost ?? 0);
      if (lost > 0) this.set({ lost: this.work.lost + lost });
    } else if (e.event === 'analytics') {
      this.change({ ticks: [...this.work.ticks, data as unknown as Tick].slice(-TICKS) });
    } else if (e.event === 'recommendations') {
      const list = { ...(data as unknown as ServedList), key };
      this.change({ lists: [list, ...this.work.lists].slice(0, LISTS) });
    } else if (e.event === 'event' || e.event === 'offer' || e.event === 'outcome') {
      this.roll(now);
      const seconds = this.work.seconds;
      seconds[SECONDS - 1] = (seconds[SECONDS - 1] ?? 0) + 1;
      const type =
        e.event === 'event' ? String(data.type) : e.event === 'offer' ? 'OFFER_SERVED' : 'OFFER_REWARDED';
      this.fresh.unshift({
        key,
        kind: e.event,
        type,
        time: Number(data.time),
        userId: String(data.userId),
        data,
      });
      if (this.fresh.length > ROWS) this.fresh.length = ROWS;
      this.change({ received: this.work.received + 1 });
    }
  }

  /** Moves the seconds on to now. */
  private roll(now: number): void {
    const second = Math.floor(now / 1000);
    if (this.second === 0) this.second = second;
    const steps = Math.min(SECONDS, second - this.second);
    if (steps <= 0) return;
    this.second = second;
    this.change({
      seconds: [...this.work.seconds.slice(steps), ...new Array<number>(steps).fill(0)],
    });
  }

  flush(now: number, all = false): void {
    this.roll(now);
    if (this.fresh.length > 0 && (!this.work.paused || all)) {
      this.change({ rows: [...this.fresh, ...this.work.rows].slice(0, ROWS), held: 0 });
      this.fresh = [];
    } else if (this.fresh.length !== this.work.held) {
      this.change({ held: this.fresh.length });
    }
    if (this.dirty) this.tell();
  }

  private change(part: Partial<LiveState>): void {
    Object.assign(this.work, part);
    this.dirty = true;
  }

  private set(part: Partial<LiveState>): void {
    this.change(part);
    this.tell();
  }

  private tell(): void {
    this.dirty = false;
    this.told = { ...this.work, seconds: [...this.work.seconds] };
    for (const listener of this.listeners) listener();
  }
}

/** One for the whole visit, so that the page is full when one comes back to it. */
export const liveStore = new LiveStore();

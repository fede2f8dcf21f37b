// The live stream as a browser without EventSource's limits reads it: with the key as a header, with
// the id to resume from, and with a backoff that a person can watch and cut short.
import { createParser } from 'eventsource-parser';

import { ApiError, authHeaders, problemOf, withQuery } from './client';

export interface StreamEvent {
  id: string;
  event: string;
  data: Record<string, unknown>;
}

export type StreamState =
  | { phase: 'connecting' }
  | { phase: 'open' }
  | { phase: 'waiting'; retryAt: number; why: string }
  | { phase: 'refused'; problem: ApiError };

export interface StreamOptions {
  kind?: string;
  user?: string;
  type?: string;
  category?: string;
  /** The id of an earlier stream to go on behind. */
  lastId?: string;
  onEvent: (event: StreamEvent) => void;
  onState: (state: StreamState) => void;
}

// The node writes at least every 15 s; a stream that is silent for longer is dead.
const SILENCE_MS = 40_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 15_000;

/** Pause before attempt `n` (from 0) to connect again, with jitter so that tabs do not come together. */
export function pauseBefore(n: number, random = Math.random()): number {
  const whole = Math.min(FIRST_PAUSE_MS * 2 ** n, LONGEST_PAUSE_MS);
  return Math.round(whole * (0.7 + 0.3 * random));
}

export class LiveStream {
  private readonly options: StreamOptions;
  private readonly stopped = new AbortController();
  private lastId = '';
  private attempts = 0;
  private wake: (() => void) | undefined;

  constructor(options: StreamOptions) {
    this.options = options;
    this.lastId = options.lastId ?? '';
  }

  /** Of the newest event that came. */
  get newestId(): string {
    return this.lastId;
  }

  start(): this {
    void this.run();
    return this;
  }

  stop(): void {
    this.stopped.abort();
    this.wake?.();
  }

  /** Connects at once instead of at the end of the pause. */
  retryNow(): void {
    this.wake?.();
  }

  private async run(): Promise<void> {
    while (!this.stopped.signal.aborted) {
      this.options.onState({ phase: 'connecting' });
      let why = 'The stream ended.';
      try {
        why = await this.connect();
      } catch (reason) {
        if (this.stopped.signal.aborted) return;
        if (reason instanceof ApiError && reason.status >= 400 && reason.status < 500) {
          this.options.onState({ phase: 'refused', problem: reason });
          return;
        }
        why = reason instanceof ApiError ? reason.message : 'The node cannot be reached.';
      }
      if (this.stopped.signal.aborted) return;
      const pause = pauseBefore(this.attempts++);
      this.options.onState({ phase: 'waiting', retryAt: Date.now() + pause, why });
      await this.sleep(pause);
    }
  }

  private sleep(ms: number): Promise<void> {
    return new Promise((done) => {
      const timer = setTimeout(done, ms);
      this.wake = () => {
        clearTimeout(timer);
        done();
      };
    });
  }

  /** Reads one connection to its end and tells why it ended. */
  private async connect(): Promise<string> {
    const { kind, user, type, category } = this.options;
    const silence = new AbortController();
    let timer = setTimeout(() => silence.abort(), SILENCE_MS);
    try {
      const answer = await fetch(withQuery('/api/stream', { kind, user, type, category }), {
        headers: {
          ...authHeaders(),
          Accept: 'text/event-stream',
          ...(this.lastId ? { 'Last-Event-ID': this.lastId } : {}),
        },
        signal: AbortSignal.any([this.stopped.signal, silence.signal]),
        cache: 'no-store',
      });
      if (!answer.ok || !answer.body) throw await problemOf(answer);
      this.options.onState({ phase: 'open' });
      let why = 'The stream ended.';
      const parser = createParser({
        onEvent: (e) => {
          this.attempts = 0;
          if (e.id) this.lastId = e.id;
          if (e.event === 'dropped') why = 'This page was too slow for the stream.';
          this.deliver(e.id ?? '', e.event ?? 'message', e.data);
        },
      });
      const reader = answer.body.getReader();
      const decoder = new TextDecoder();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return why;
        clearTimeout(timer);
        timer = setTimeout(() => silence.abort(), SILENCE_MS);
        parser.feed(decoder.decode(value, { stream: true }));
      }
    } finally {
      clearTimeout(timer);
    }
  }

  private deliver(id: string, event: string, text: string): void {
    let data: Record<string, unknown>;
    try {
      data = JSON.parse(text) as Record<string, unknown>;
    } catch {
      return; // not ours: the node writes JSON in every event
    }
    this.options.onEvent({ id, event, data });
  }
}

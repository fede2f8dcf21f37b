import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { LiveStream, pauseBefore, type StreamEvent, type StreamState } from '@/api/stream';
import { setKey } from '@/api/key';

import { jsonAnswer } from './support';

/** A connection that the test writes to. */
function connection() {
  let control!: ReadableStreamDefaultController<Uint8Array>;
  const body = new ReadableStream<Uint8Array>({ start: (c) => void (control = c) });
  const encoder = new TextEncoder();
  return {
    answer: new Response(body, { headers: { 'Content-Type': 'text/event-stream' } }),
    write: (text: string) => control.enqueue(encoder.encode(text)),
    end: () => control.close(),
  };
}

function listen(options = {}) {
  const events: StreamEvent[] = [];
  const states: StreamState[] = [];
  const stream = new LiveStream({
    ...options,
    onEvent: (e) => events.push(e),
    onState: (s) => states.push(s),
  });
  return { stream, events, states, phase: () => states.at(-1)?.phase };
}

const asked: { url: string; headers: Record<string, string> }[] = [];
let answers: (() => Response | Promise<Response>)[] = [];

beforeEach(() => {
  asked.length = 0;
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    asked.push({ url, headers: init.headers as Record<string, string> });
    const next = answers.shift();
    if (!next) throw new TypeError('refused');
    return next();
  });
});
afterEach(() => {
  answers = [];
  vi.useRealTimers();
});

describe('the live stream', () => {
  it('delivers events whatever pieces they come in', async () => {
    const c = connection();
    answers = [() => c.answer];
    const l = listen({ user: 'u 1', type: '' });
    l.stream.start();
    await vi.waitFor(() => expect(l.phase()).toBe('open'));
    c.write('id: r-1\nevent: ev');
    c.write('ent\ndata: {"userId":"u 1"}\n\n: \n\nevent: analytics\ndata: {"time":5}\n\n');
    await vi.waitFor(() => expect(l.events).toHaveLength(2));
    expect(l.events[0]).toEqual({ id: 'r-1', event: 'event', data: { userId: 'u 1' } });
    expect(l.events[1]!.data).toEqual({ time: 5 });
    expect(asked[0]!.url).toBe('/api/stream?user=u+1');
    l.stream.stop();
  });

  it('comes back behind the last event, with the key', async () => {
    setKey('secret');
    const first = connection();
    const second = connection();
    answers = [() => first.answer, () => second.answer];
    const l = listen();
    l.stream.start();
    await vi.waitFor(() => expect(l.phase()).toBe('open'));
    first.write('id: r-7\nevent: event\ndata: {}\n\n');
    await vi.waitFor(() => expect(l.stream.newestId).toBe('r-7'));
    first.end();
    await vi.waitFor(() => expect(l.phase()).toBe('waiting'));
    l.stream.retryNow();
    await vi.waitFor(() => expect(asked).toHaveLength(2));
    expect(asked[1]!.headers).toMatchObject({ 'Last-Event-ID': 'r-7', Authorization: 'Bearer secret' });
    l.stream.stop();
  });

  it('waits and tells how long when the node is away', async () => {
    const l = listen();
    l.stream.start();
    await vi.waitFor(() => expect(l.phase()).toBe('waiting'));
    const state = l.states.at(-1) as Extract<StreamState, { phase: 'waiting' }>;
    expect(state.retryAt).toBeGreaterThan(Date.now());
    expect(state.why).toContain('cannot be reached');
    l.stream.stop();
  });

  it('does not ask again when it is not allowed', async () => {
    answers = [
      () => jsonAnswer({ status: 403, code: 'forbidden', detail: 'the key lacks the scope admin' }, 403),
    ];
    const l = listen();
    l.stream.start();
    await vi.waitFor(() => expect(l.phase()).toBe('refused'));
    expect((l.states.at(-1) as Extract<StreamState, { phase: 'refused' }>).problem.locked).toBe(true);
    expect(asked).toHaveLength(1);
  });

  it('pauses longer each time, up to a bound, and never all at once', () => {
    const pauses = [0, 1, 2, 3, 10].map((n) => pauseBefore(n, 1));
    expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 15_000]);
    expect(pauseBefore(3, 0)).toBeLessThan(pauseBefore(3, 1));
  });
});

// A node made of answers, and components within what they need around them.
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render } from '@testing-library/react';
import type { ReactElement } from 'react';
import { vi } from 'vitest';
import { Router } from 'wouter';
import { memoryLocation } from 'wouter/memory-location';

import type { Analytics } from '@/api/types';

export interface Asked {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Record<string, string>;
  body: unknown;
}

type Handler = (asked: Asked) => unknown;

export function jsonAnswer(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'Content-Type': status < 400 ? 'application/json' : 'application/problem+json' },
  });
}

/** Answers `fetch` by `METHOD /path`; a handler gives JSON or a Response. Returns what was asked. */
export function fakeNode(handlers: Record<string, Handler>): Asked[] {
  const asked: Asked[] = [];
  vi.stubGlobal('fetch', async (input: string, init: RequestInit = {}) => {
    const url = new URL(input, 'http://node');
    const one: Asked = {
      method: init.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      headers: (init.headers ?? {}) as Record<string, string>,
      body: typeof init.body === 'string' ? JSON.parse(init.body) : undefined,
    };
    asked.push(one);
    const handler = handlers[`${one.method} ${one.path}`];
    if (!handler)
      return jsonAnswer({ status: 404, code: 'not_found', detail: 'there is no such route' }, 404);
    const answer = await handler(one);
    return answer instanceof Response ? answer : jsonAnswer(answer);
  });
  return asked;
}

/** An answer of the analytics, empty but for what is given. */
export const analytics = (part: Partial<Analytics>): Analytics => ({
  name: 'x',
  from: 0,
  to: 60_000,
  granularity: 'minute',
  asOf: 1,
  partial: false,
  shards: { asked: 12, answered: 12, missing: [] },
  tooOld: 0,
  totals: {},
  columns: [],
  rows: [],
  ...part,
});

export function show(element: ReactElement, path = '/') {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false, networkMode: 'always' } } });
  const location = memoryLocation({ path, record: true });
  const shown = render(
    <QueryClientProvider client={client}>
      <Router hook={location.hook} searchHook={location.searchHook}>
        {element}
      </Router>
    </QueryClientProvider>,
  );
  return { ...shown, location };
}

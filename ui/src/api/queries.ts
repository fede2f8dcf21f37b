// What the pages ask, each with how often it is asked again.
import { keepPreviousData, QueryClient, useQuery } from '@tanstack/react-query';

import { ApiError, call, callText, withQuery } from './client';
import { useKey } from './key';
import type {
  Analytics,
  DeadLetters,
  Features,
  Inspected,
  Item,
  KafkaStatus,
  NodeStatus,
  Recommendations,
  Row,
  ShardStatus,
  Weights,
} from './types';

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // Whether the browser believes to be offline says nothing about a node on this machine.
      networkMode: 'always',
      refetchOnWindowFocus: true,
      staleTime: 1_000,
      retry: (count, failure) =>
        count < 2 && !(failure instanceof ApiError && failure.status >= 400 && failure.status < 500),
      retryDelay: (attempt) => 400 * 2 ** attempt,
    },
    mutations: { networkMode: 'always' },
  },
});

/** GET of a JSON route, repeated every `every` milliseconds while the page is seen. */
export function useGet<T>(path: string | null, every?: number, keep = false) {
  const key = useKey();
  return useQuery<T, ApiError>({
    queryKey: ['get', path, key],
    queryFn: ({ signal }) => call<T>(path as string, { signal }),
    enabled: path !== null,
    refetchInterval: every ?? false,
    placeholderData: keep ? keepPreviousData : undefined,
  });
}

export const useNode = (every = 2_000) => useGet<NodeStatus>('/api/inspect/node', every);
export const useShards = (every = 2_000) => useGet<{ shards: ShardStatus[] }>('/api/inspect/shards', every);
export const useKafka = (every = 5_000) => useGet<KafkaStatus>('/api/inspect/kafka', every);
export const useDeadLetters = (limit: number) =>
  useGet<DeadLetters>(withQuery('/api/event-processor/dead-letters', { limit }), 5_000, true);

const user = (kind: string, id: string, parameters = {}) =>
  id ? withQuery(`/api/${kind}/${encodeURIComponent(id)}`, parameters) : null;

export const useFeatures = (id: string, after = '', every = 4_000) =>
  useGet<Features>(user('features', id, { after }), every, true);
export const useInspected = (id: string, after = '', every = 4_000) =>
  useGet<Inspected>(user('inspect/users', id, { after }), every, true);
export const useRecommendations = (id: string, after = '', limit = 12) =>
  useGet<Recommendations>(user('recommendations', id, { after, limit }), 8_000, true);

/** The weights that this node ranks with. They are settings: asked once, with any item. */
export function useWeights(id: string, productId: string | undefined) {
  const key = useKey();
  return useQuery<Weights, ApiError>({
    queryKey: ['weights', key],
    queryFn: async ({ signal }) => {
      const body = { candidates: [productId] };
      const path = `/api/ranking/${encodeURIComponent(id)}`;
      const ranked = await call<{ weights: Weights }>(path, { method: 'POST', body, signal });
      return ranked.weights;
    },
    enabled: productId !== undefined,
    staleTime: Infinity,
  });
}

/** Catalogue entries change seldom; one that is not known is told by its id alone. */
export function useItem(id: string) {
  const key = useKey();
  return useQuery<Item | null, ApiError>({
    queryKey: ['item', id, key],
    queryFn: async ({ signal }) => {
      try {
        return await call<Item>(`/api/items/${encodeURIComponent(id)}`, { signal });
      } catch (failure) {
        if (failure instanceof ApiError && failure.status === 404) return null;
        throw failure;
      }
    },
    staleTime: 300_000,
  });
}

export interface AnalyticsQuestion {
  from?: number;
  to?: number;
  granularity?: string;
  category?: string;
  limit?: number;
  by?: string;
  rank?: string;
  steps?: string;
  past?: number;
}

export function analyticsPath(name: string, question: AnalyticsQuestion = {}): string {
  return withQuery(`/api/analytics/${name}`, { ...question });
}

export function useAnalytics<R extends Row = Row, T extends Row = Row>(
  name: string,
  question: AnalyticsQuestion = {},
  every = 10_000,
  enabled = true,
) {
  return useGet<Analytics<R, T>>(enabled ? analyticsPath(name, question) : null, every, true);
}

export function useMetricsText(every = 4_000) {
  const key = useKey();
  return useQuery<string, ApiError>({
    queryKey: ['metrics', key],
    queryFn: ({ signal }) => callText('/metrics', { signal }),
    refetchInterval: every,
  });
}

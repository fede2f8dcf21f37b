// Whether the node answers. Asked at /readyz, which needs no key.
import { useQuery } from '@tanstack/react-query';

import { ApiError, send } from '@/api/client';

import { Button } from './controls';
import { Icon } from './icons';

interface Readiness {
  ready: boolean;
  detail: string;
}

export function useReadiness() {
  return useQuery<Readiness, ApiError>({
    queryKey: ['readyz'],
    queryFn: async ({ signal }) => {
      const answer = await send('/readyz', { signal, timeout: 5_000 });
      const body = (await answer.json().catch(() => ({}))) as { detail?: string };
      return { ready: answer.ok, detail: body.detail ?? '' };
    },
    refetchInterval: (query) => (query.state.status === 'success' && query.state.data?.ready ? 5_000 : 1_500),
    retry: false,
    staleTime: 0,
  });
}

export function NodePill({ compact = false }: { compact?: boolean }) {
  const { data, error } = useReadiness();
  const [tone, text] = error
    ? ['bg-bad', 'Not reachable']
    : !data
      ? ['bg-ink-3', 'Connecting']
      : data.ready
        ? ['bg-good', 'Node ready']
        : ['bg-warn', 'Restoring'];
  return (
    <p
      role="status"
      title={data?.detail || text}
      className={`flex items-center gap-2 text-[0.857rem] text-ink-2 ${compact ? 'px-2' : 'px-1.5'}`}
    >
      <span
        aria-hidden="true"
        className={`size-2 rounded-full ${tone} ${data?.ready && !error ? '' : 'beating'}`}
      />
      <span className={compact ? 'sr-only sm:not-sr-only' : ''}>{text}</span>
    </p>
  );
}

/** Over every page while the node is away or not ready yet. */
export function ConnectionBanner() {
  const { data, error, refetch } = useReadiness();
  if (!error && (!data || data.ready)) return null;
  return (
    <div
      role="alert"
      className={`flex flex-wrap items-center gap-x-3 gap-y-2 border-b px-4 py-2.5 sm:px-6 lg:px-8 ${
        error ? 'border-bad/30 bg-bad-soft text-bad' : 'border-warn/30 bg-warn-soft text-warn'
      }`}
    >
      <Icon name={error ? 'unplugged' : 'clock'} />
      <p className="grow font-medium">
        {error
          ? 'The node cannot be reached. Figures on this page are the last known; trying again.'
          : `The node is restoring its state${data?.detail ? `: ${data.detail}` : ''}. Answers are simpler until it has.`}
      </p>
      {error ? (
        <Button small icon="refresh" onClick={() => void refetch()}>
          Try now
        </Button>
      ) : null}
    </div>
  );
}

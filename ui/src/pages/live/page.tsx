// Live: what is happening in the shop at this moment.
import { useEffect, useState, useSyncExternalStore } from 'react';

import { useAnalytics } from '@/api/queries';
import { useKey } from '@/api/key';
import { Badge, Button } from '@/parts/controls';
import { Icon } from '@/parts/icons';
import { Card, PageHeader } from '@/parts/surface';
import { Failure } from '@/parts/states';
import { useNow } from '@/lib/now';

import { Countries } from './countries';
import { FilterBar } from './filter_bar';
import { Figures } from './figures';
import { Rate } from './rate';
import { ServedLists } from './served_lists';
import { isSample, liveStore, type Filters } from './store';
import { StreamTable } from './stream_table';

function StreamBadge() {
  const { stream } = useSyncExternalStore(liveStore.subscribe, liveStore.snapshot);
  const now = useNow(1000, stream.phase === 'waiting');
  if (stream.phase === 'open')
    return (
      <Badge tone="good">
        <span aria-hidden="true" className="size-1.5 rounded-full bg-current beating" /> Live
      </Badge>
    );
  if (stream.phase === 'waiting')
    return (
      <span className="flex items-center gap-2">
        <Badge tone="warn" title={stream.why}>
          Reconnecting in {Math.max(0, Math.ceil((stream.retryAt - now) / 1000))} s
        </Badge>
        <Button small icon="refresh" onClick={() => liveStore.retryNow()}>
          Now
        </Button>
      </span>
    );
  if (stream.phase === 'refused') return <Badge tone="bad">Not allowed</Badge>;
  return <Badge>Connecting</Badge>;
}

export default function LivePage() {
  const key = useKey();
  const [filters, setFilters] = useState<Filters>({ user: '', type: '', category: '' });
  const live = useSyncExternalStore(liveStore.subscribe, liveStore.snapshot);
  const countries = useAnalytics('countries', {}, 10_000);

  useEffect(() => {
    liveStore.start(filters);
    return () => liveStore.stop();
  }, [filters, key]);

  return (
    <>
      <PageHeader title="Live" lead="What shoppers are doing, and what they are being shown, as it happens.">
        <StreamBadge />
      </PageHeader>
      <Figures live={live} />
      <div className="mt-4 grid grid-cols-1 gap-4 xl:grid-cols-[minmax(0,1.9fr)_minmax(20rem,1fr)]">
        <Card
          title="Event stream"
          flush
          testId="stream"
          actions={
            <Button
              small
              kind={live.paused ? 'main' : 'plain'}
              icon={live.paused ? 'play' : 'pause'}
              aria-pressed={live.paused}
              onClick={() => liveStore.pause(!live.paused)}
            >
              {live.paused ? `Go on${live.held ? ` (${live.held} new)` : ''}` : 'Pause'}
            </Button>
          }
        >
          <div className="px-4 sm:px-5">
            <Rate seconds={live.seconds} />
            <FilterBar value={filters} onChange={setFilters} />
          </div>
          {live.stream.phase === 'refused' ? (
            <Failure failure={live.stream.problem} />
          ) : (
            <StreamTable live={live} filtered={Object.values(filters).some(Boolean)} />
          )}
          {isSample(live.ticks) ? (
            <p className="px-5 py-2 text-[0.857rem] text-ink-3">
              More happens than can be read: the node streams a sample. The figures above count everything.
            </p>
          ) : null}
          {live.lost > 0 ? (
            <p className="flex items-center gap-1.5 px-5 py-2 text-[0.857rem] text-warn">
              <Icon name="alert" size={14} /> {live.lost} events passed while this page was away.
            </p>
          ) : null}
        </Card>
        <div className="grid content-start gap-4 md:grid-cols-2 xl:grid-cols-1">
          <ServedLists lists={live.lists} />
          <Countries of={countries} />
        </div>
      </div>
    </>
  );
}

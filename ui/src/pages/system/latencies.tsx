import { useMemo } from 'react';

import { useMetricsText } from '@/api/queries';
import { LatencyHistogram } from '@/charts/histogram';
import { histograms, parseMetrics } from '@/lib/prometheus';
import { Answer, Empty } from '@/parts/states';
import { Card } from '@/parts/surface';

const SHOWN = 8;

/** Latencies of the routes that are used most, since the node's start. */
export function Latencies() {
  const metrics = useMetricsText();
  const found = useMemo(
    () =>
      metrics.data
        ? histograms(parseMetrics(metrics.data), 'riq_http_request_duration_seconds')
            .filter((h) => h.count > 0 && h.labels.method !== '*' && h.labels.route?.startsWith('/api/'))
            .sort((a, b) => b.count - a.count)
            .slice(0, SHOWN)
        : [],
    [metrics.data],
  );
  return (
    <Card
      title="Latencies"
      note="From a request’s last byte to its answer’s first, by route; the slowest hundredth in ember"
    >
      <Answer
        of={metrics}
        empty={() => found.length === 0}
        whenEmpty={<Empty title="No request was answered yet" />}
      >
        {() => (
          <div className="grid grid-cols-1 gap-x-6 gap-y-5 sm:grid-cols-2 xl:grid-cols-4">
            {found.map((h) => (
              <div key={`${h.labels.method} ${h.labels.route}`} className="min-w-0">
                <h3
                  className="mb-2 truncate font-mono text-[0.857rem]"
                  title={`${h.labels.method} ${h.labels.route}`}
                >
                  <span className="text-ink-3">{h.labels.method}</span>{' '}
                  {h.labels.route?.replace(/^\/api/, '')}
                </h3>
                <LatencyHistogram of={h} />
              </div>
            ))}
          </div>
        )}
      </Answer>
    </Card>
  );
}

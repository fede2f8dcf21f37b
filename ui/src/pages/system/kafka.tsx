// How the node and its Kafka brokers get on.
import { useKafka } from '@/api/queries';
import type { KafkaStatus } from '@/api/types';
import { bytes, count, milliseconds } from '@/lib/format';
import { Badge } from '@/parts/controls';
import { Answer } from '@/parts/states';
import { Card, Facts } from '@/parts/surface';
import { Table } from '@/parts/table';

/** The topics with something that was not read yet, the farthest behind first. */
export function behind(kafka: KafkaStatus): { topic: string; lag: number }[] {
  const byTopic = new Map<string, number>();
  for (const { topic, lag } of kafka.lags) byTopic.set(topic, (byTopic.get(topic) ?? 0) + lag);
  return [...byTopic]
    .map(([topic, lag]) => ({ topic, lag }))
    .filter(({ lag }) => lag > 0)
    .sort((a, b) => b.lag - a.lag);
}

function facts(kafka: KafkaStatus): [string, string][] {
  const { transactions } = kafka;
  const mean = transactions.count > 0 ? transactions.sumMs / transactions.count : 0;
  const late = behind(kafka);
  return [
    [
      'Transactions',
      `${count(transactions.count)} committed, ${count(kafka.aborted)} aborted; the last took ${milliseconds(transactions.lastMs)}, on average ${milliseconds(mean)}`,
    ],
    ...kafka.groups.map((g): [string, string] => [
      `Group ${g.group}`,
      `${count(g.rebalances)} rebalances: ${count(g.gained)} partitions gained, ${count(g.lost)} given up`,
    ]),
    ...kafka.producers.map((p): [string, string] => [
      `Waiting ${p.client}`,
      `${count(p.records)} records, ${bytes(p.bytes)}`,
    ]),
    ['Lag', late.length === 0 ? 'Up to date' : late.map((t) => `${t.topic} ${count(t.lag)}`).join(', ')],
    ...(kafka.replaced > 0 ? [['Clients replaced', count(kafka.replaced)] as [string, string]] : []),
  ];
}

export function KafkaCard() {
  const kafka = useKafka();
  return (
    <Card title="Kafka" note="As this node's clients see the brokers" testId="kafka">
      <Answer of={kafka}>
        {(status) => (
          <>
            <Facts items={facts(status)} />
            <Table
              caption="Brokers"
              height="max-h-[20rem]"
              rows={status.brokers}
              rowKey={(b) => `${b.client} ${b.broker}`}
              columns={[
                { key: 'broker', name: 'Broker', cell: (b) => b.broker },
                { key: 'client', name: 'Client', cell: (b) => b.client },
                {
                  key: 'state',
                  name: 'State',
                  cell: (b) => <Badge tone={b.up ? 'good' : 'bad'}>{b.up ? 'Connected' : 'Away'}</Badge>,
                },
                { key: 'rtt', name: 'Round trip', right: true, cell: (b) => milliseconds(b.rttMs) },
                { key: 'p99', name: 'p99', right: true, cell: (b) => milliseconds(b.rttP99Ms) },
                { key: 'errors', name: 'Errors', right: true, cell: (b) => count(b.errors + b.timeouts) },
              ]}
            />
          </>
        )}
      </Answer>
    </Card>
  );
}

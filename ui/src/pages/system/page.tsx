// System: whether everything is well, and where it is not.
import { useNode, useShards } from '@/api/queries';
import { Answer } from '@/parts/states';
import { PageHeader } from '@/parts/surface';

import { DeadLetterCard } from './dead_letters';
import { Figures } from './figures';
import { KafkaCard } from './kafka';
import { Latencies } from './latencies';
import { NodeFacts } from './node_facts';
import { ProcessorCard } from './processor';
import { Routes } from './routes';
import { ShardCard } from './shards';

export default function SystemPage() {
  const node = useNode();
  const shards = useShards();
  return (
    <>
      <PageHeader title="System" lead="The node, its shards and actors, and what they could not take." />
      <Answer of={node}>
        {(status) => (
          <>
            <Figures node={status} />
            <div className="mt-4 grid grid-cols-1 gap-4 xl:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
              <ShardCard of={shards} />
              <div className="grid content-start gap-4 md:grid-cols-2 xl:grid-cols-1">
                <NodeFacts node={status} />
                <ProcessorCard of={status.eventProcessor} />
              </div>
            </div>
            <div className="mt-4 grid grid-cols-1 gap-4">
              <Latencies />
              {status.log.kind === 'kafka' ? <KafkaCard /> : null}
              <div className="grid grid-cols-1 gap-4 xl:grid-cols-2">
                <DeadLetterCard />
                <Routes node={status} />
              </div>
            </div>
          </>
        )}
      </Answer>
    </>
  );
}

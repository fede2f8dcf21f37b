import type { NodeStatus } from '@/api/types';
import { bytes, count, duration, words } from '@/lib/format';
import { Badge } from '@/parts/controls';
import { Card, Facts } from '@/parts/surface';

/** The process, its log and its item model. */
export function NodeFacts({ node }: { node: NodeStatus }) {
  return (
    <Card title="Node">
      <Facts
        items={[
          ['Version', node.version ?? '–'],
          ['Up for', duration(node.uptimeSec)],
          [
            'Log',
            <>
              {words(node.log.kind)}, {count(node.log.partitions)} partitions{' '}
              <Badge tone={node.log.ok ? 'good' : 'bad'}>
                {node.log.ok ? 'Takes writes' : (node.log.detail ?? 'Failing')}
              </Badge>
            </>,
          ],
          ['Roles', node.roles?.map(words).join(', ') ?? '–'],
          ['Engine time', words(node.engineTime ?? 'wall')],
          ['Connections', count(node.http.connections)],
          [
            'Item model',
            node.model.error
              ? node.model.error
              : `${count(node.model.items)} items, ${count(node.model.sessions)} sessions, ${bytes(node.model.bytes)}, epoch ${count(node.model.epoch)}`,
          ],
          ['Users’ state', bytes(node.shards.stateBytes)],
        ]}
      />
    </Card>
  );
}

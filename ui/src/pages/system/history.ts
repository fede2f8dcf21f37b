// The course of what the node tells only as running totals: rates between two looks.
import { useRef } from 'react';

import type { NodeStatus } from '@/api/types';

const LOOKS = 60;

export interface Course {
  eventsPerSec: number[];
  requestsPerSec: number[];
  memory: number[];
  lag: number[];
  resident: number[];
}

interface Look {
  time: number;
  events: number;
  requests: number;
  memory: number;
  lag: number;
  resident: number;
}

const lookOf = (n: NodeStatus): Look => ({
  time: n.time,
  events: n.shards.events,
  requests: n.http.requests,
  memory: n.memoryBytes,
  lag: n.shards.lag + n.eventProcessor.lag + (n.model.lag ?? 0),
  resident: n.shards.resident,
});

export function courseOf(looks: Look[]): Course {
  const rate = (of: (l: Look) => number) =>
    looks.slice(1).map((l, i) => {
      const before = looks[i]!;
      // Totals begin anew when the node does.
      return Math.max(0, of(l) - of(before)) / Math.max(0.001, (l.time - before.time) / 1000);
    });
  return {
    eventsPerSec: rate((l) => l.events),
    requestsPerSec: rate((l) => l.requests),
    memory: looks.map((l) => l.memory),
    lag: looks.map((l) => l.lag),
    resident: looks.map((l) => l.resident),
  };
}

/** From the looks that this page had. */
export function useCourse(node: NodeStatus): Course {
  const looks = useRef<Look[]>([]);
  if (looks.current.at(-1)?.time !== node.time)
    looks.current = [...looks.current, lookOf(node)].slice(-LOOKS);
  return courseOf(looks.current);
}

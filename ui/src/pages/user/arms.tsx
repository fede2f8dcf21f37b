// What the actor itself has seen of each arm, drawn as a belief.
import type { UseQueryResult } from '@tanstack/react-query';

import type { ApiError } from '@/api/client';
import type { Inspected } from '@/api/types';
import { Posteriors } from '@/charts/posteriors';
import { count, decimal } from '@/lib/format';
import { Answer, Empty } from '@/parts/states';
import { Card } from '@/parts/surface';

const colors = ['var(--s1)', 'var(--s2)', 'var(--s3)', 'var(--s4)', 'var(--s5)', 'var(--s6)'];

export function Arms({ of }: { of: UseQueryResult<Inspected, ApiError> }) {
  return (
    <Card
      title="Offers, as this user took them"
      note="What this user’s own offers teach, starting from one success in ten"
    >
      <Answer
        of={of}
        empty={(i) => !i.state || i.state.bandit.arms.length === 0}
        whenEmpty={
          <Empty title="No offer was made yet" icon="offers">
            Until then the actor believes what everybody and the segment teach.
          </Empty>
        }
      >
        {(inspected) => {
          const { arms, pending } = inspected.state!.bandit;
          return (
            <>
              <Posteriors
                arms={arms.map((arm, i) => ({
                  name: arm.arm,
                  successes: arm.reward,
                  trials: arm.served,
                  color: colors[i % colors.length]!,
                  note: `${decimal(arm.served, 1)} served, ${decimal(arm.reward, 1)} won`,
                }))}
              />
              <p className="mt-3 text-[0.857rem] text-ink-3">
                {pending.length
                  ? `${count(pending.length)} ${pending.length === 1 ? 'decision waits' : 'decisions wait'} for an outcome.`
                  : 'No decision waits for an outcome.'}
              </p>
            </>
          );
        }}
      </Answer>
    </Card>
  );
}

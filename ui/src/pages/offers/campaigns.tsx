// The campaigns in force: their policy, their arms, and what the node has learned of each arm.
import { useState } from 'react';

import { useGet } from '@/api/queries';
import type { Campaign } from '@/api/types';
import { Intervals } from '@/charts/intervals';
import { decimal, percent, words } from '@/lib/format';
import { Badge, Field, Select } from '@/parts/controls';
import { Answer, Empty } from '@/parts/states';
import { Card } from '@/parts/surface';

import { armColors } from './arms';

// Campaigns whose reward is a share; the others count amounts.
const rates = ['outcome', 'click', 'conversion'];

function policyText(campaign: Campaign): string {
  const { kind, epsilon } = campaign.policy;
  return kind === 'epsilon_greedy' && epsilon !== undefined
    ? `ε-greedy, ${percent(epsilon, 1)} explored`
    : words(kind);
}

function Learned({ id }: { id: string }) {
  const campaign = useGet<Campaign>(`/api/campaigns/${encodeURIComponent(id)}`, 5_000, true);
  return (
    <Answer of={campaign}>
      {(c) => {
        const learned = c.learned?.arms ?? [];
        const colors = armColors(c.arms.map((a) => `${c.id}/${a.id}`));
        return (
          <>
            <p className="mb-3 flex flex-wrap gap-1.5">
              <Badge tone="accent">{policyText(c)}</Badge>
              {c.holdout ? <Badge>{percent(c.holdout, 1)} held out</Badge> : null}
              {c.learned?.changesNoticed ? (
                <Badge tone="warn">{c.learned.changesNoticed} changes noticed</Badge>
              ) : null}
            </p>
            <Intervals
              rates={rates.includes(c.reward ?? 'outcome')}
              of={learned.map((arm) => ({
                name: arm.id,
                mean: arm.mean,
                low: Math.max(rates.includes(c.reward ?? 'outcome') ? 0 : -Infinity, arm.low),
                high: arm.high,
                color: colors.get(`${c.id}/${arm.id}`) ?? 'var(--s7)',
                note: `${decimal(arm.served, 1)} offers, ${decimal(arm.reward, 1)} won`,
              }))}
            />
          </>
        );
      }}
    </Answer>
  );
}

export function Campaigns() {
  const all = useGet<{ campaigns: Campaign[] }>('/api/campaigns', 15_000, true);
  const [chosen, setChosen] = useState('');
  const ids = all.data?.campaigns.map((c) => c.id) ?? [];
  const id = ids.includes(chosen) ? chosen : (ids[0] ?? '');
  return (
    <Card
      title="What the policy believes"
      note="Mean reward with a 95 % interval; what was learned fades, so that a changed world is learned anew"
      testId="campaigns"
      actions={
        ids.length > 1 ? (
          <Field label="Campaign" hide>
            <Select className="h-8!" value={id} onChange={(e) => setChosen(e.target.value)}>
              {ids.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </Select>
          </Field>
        ) : (
          <Badge>{id}</Badge>
        )
      }
    >
      <Answer
        of={all}
        empty={(a) => a.campaigns.length === 0}
        whenEmpty={<Empty title="No campaign is in force" icon="offers" />}
      >
        {() => <Learned id={id} />}
      </Answer>
    </Card>
  );
}

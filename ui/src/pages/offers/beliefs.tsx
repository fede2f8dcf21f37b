import { Posteriors } from '@/charts/posteriors';
import { count } from '@/lib/format';
import { Card } from '@/parts/surface';

import { armColors, armKey, armName, type ArmRow } from './arms';

/** What the offers of the range teach about each arm's rate of reward. */
export function Beliefs({ rows }: { rows: ArmRow[] }) {
  const colors = armColors(rows.map(armKey));
  return (
    <Card
      title="Acceptance of each arm"
      note="What this range’s offers teach: mean and 90 % interval, starting from one success in ten"
      testId="beliefs"
    >
      <Posteriors
        arms={rows.map((row) => ({
          name: armName(row, rows),
          successes: row.accepted,
          trials: row.served,
          color: colors.get(armKey(row))!,
          note: `${count(row.accepted)} of ${count(row.served)}`,
        }))}
      />
    </Card>
  );
}

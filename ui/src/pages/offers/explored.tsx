// Explore and exploit: how much of what was offered was offered to learn.
import { count, percent } from '@/lib/format';
import { Card } from '@/parts/surface';

import { armColors, armKey, armName, type ArmRow } from './arms';

export function Explored({ rows, totals }: { rows: ArmRow[]; totals: Record<string, number | string> }) {
  const colors = armColors(rows.map(armKey));
  const most = Math.max(...rows.map((row) => row.served), 1);
  const share = Number(totals.exploredShare);
  return (
    <Card
      title="Explore and exploit"
      note="An offer explores when its arm was not the best bet at that moment"
    >
      <div
        className="mb-4 flex h-3 overflow-hidden rounded-full bg-sunken"
        role="img"
        aria-label={`${percent(share, 1)} explored, ${percent(1 - share, 1)} exploited`}
      >
        <div className="bg-s1" style={{ width: `${(1 - share) * 100}%` }} />
        <div className="bg-s2" style={{ width: `${share * 100}%` }} />
      </div>
      <dl className="mb-4 grid grid-cols-2 gap-4">
        <div>
          <dt className="flex items-center gap-1.5 text-[0.857rem] text-ink-2">
            <span aria-hidden="true" className="size-2 rounded-full bg-s1" /> Exploited
          </dt>
          <dd className="num text-[1.36rem] font-semibold">{percent(1 - share, 1)}</dd>
        </div>
        <div>
          <dt className="flex items-center gap-1.5 text-[0.857rem] text-ink-2">
            <span aria-hidden="true" className="size-2 rounded-full bg-s2" /> Explored
          </dt>
          <dd className="num text-[1.36rem] font-semibold">{percent(share, 1)}</dd>
        </div>
      </dl>
      <ul className="space-y-2.5">
        {rows.map((row) => (
          <li key={armKey(row)}>
            <div className="flex items-baseline gap-3 text-[0.929rem]">
              <span className="flex min-w-0 grow items-center gap-1.5 truncate">
                <span
                  aria-hidden="true"
                  className="size-2 rounded-full"
                  style={{ background: colors.get(armKey(row)) }}
                />
                {armName(row, rows)}
              </span>
              <span className="num text-[0.857rem] text-ink-3">{count(row.explored)} explored</span>
              <span className="num font-medium">{count(row.served)}</span>
            </div>
            <div className="mt-1 flex h-1.5 overflow-hidden rounded-full bg-sunken" aria-hidden="true">
              <div className="bg-s1" style={{ width: `${((row.served - row.explored) / most) * 100}%` }} />
              <div className="bg-s2" style={{ width: `${(row.explored / most) * 100}%` }} />
            </div>
          </li>
        ))}
      </ul>
    </Card>
  );
}

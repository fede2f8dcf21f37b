// Cohorts as a heat map: a row for each week in which users were first seen, a column for each later
// week, and the triangle that makes.
import { count, dayUtc, money, percent } from '@/lib/format';

export interface CohortCell {
  week: number;
  cohort: number;
  later: number;
  users: number;
  retention: number;
  revenue: number;
}

interface CohortsProps {
  cells: CohortCell[];
  show: 'retention' | 'revenue';
}

const WEEK = 7 * 86_400_000;

/** Cells by week, newest last, with how many weeks each row has by `now`. */
export function byWeek(cells: CohortCell[], now: number) {
  const weeks = new Map<number, { cohort: number; cells: Map<number, CohortCell> }>();
  for (const cell of cells) {
    let week = weeks.get(cell.week);
    if (!week) weeks.set(cell.week, (week = { cohort: cell.cohort, cells: new Map() }));
    week.cells.set(cell.later, cell);
  }
  return [...weeks.entries()]
    .sort(([a], [b]) => a - b)
    .map(([week, row]) => ({ week, ...row, columns: Math.max(1, Math.floor((now - week) / WEEK) + 1) }));
}

export function Cohorts({ cells, show }: CohortsProps) {
  const rows = byWeek(cells, Date.now());
  const width = Math.min(12, Math.max(...rows.map((r) => r.columns), 1));
  const most = Math.max(...cells.filter((c) => show === 'revenue' || c.later > 0).map((c) => c[show]), 1e-9);
  return (
    <div className="overflow-x-auto" tabIndex={0} role="region" aria-label={`Cohorts by week, ${show}`}>
      <table className="border-separate border-spacing-0.5 text-[0.857rem]">
        <caption className="sr-only">
          Users by the week they were first seen, and their {show} in the weeks after
        </caption>
        <thead>
          <tr className="text-ink-3">
            <th scope="col" className="py-1 pr-3 text-left font-medium whitespace-nowrap">
              First seen
            </th>
            <th scope="col" className="py-1 pr-3 text-right font-medium">
              Users
            </th>
            {Array.from({ length: width }, (_, i) => (
              <th
                key={i}
                scope="col"
                className="min-w-14 px-1 py-1 text-center font-medium whitespace-nowrap"
              >
                {i === 0 ? 'Week 0' : `+${i}`}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.week}>
              <th scope="row" className="num pr-3 text-left font-normal whitespace-nowrap">
                {dayUtc(row.week)}
              </th>
              <td className="num pr-3 text-right text-ink-2">{count(row.cohort)}</td>
              {Array.from({ length: width }, (_, later) => {
                if (later >= row.columns) return <td key={later} />;
                const cell = row.cells.get(later);
                const value = cell?.[show] ?? 0;
                const heat = Math.min(1, value / most);
                return (
                  <td
                    key={later}
                    title={`${count(cell?.users ?? 0)} users, ${money(cell?.revenue ?? 0)} revenue`}
                    className="num h-9 rounded-md text-center"
                    style={{ backgroundColor: `rgb(var(--heat) / ${(0.04 + heat * 0.46).toFixed(3)})` }}
                  >
                    {show === 'retention'
                      ? percent(value, 0)
                      : value >= 1000
                        ? `${(value / 1000).toFixed(1)}K`
                        : value.toFixed(0)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

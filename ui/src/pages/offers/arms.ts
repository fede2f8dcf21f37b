// Arms as analytics tell them, and the colours they keep on the whole page.
export interface ArmRow extends Record<string, number | string> {
  campaign: string;
  arm: string;
  served: number;
  accepted: number;
  reward: number;
  value: number;
  explored: number;
  exploredShare: number;
  acceptance: number;
}

const palette = ['var(--s1)', 'var(--s2)', 'var(--s3)', 'var(--s4)', 'var(--s5)', 'var(--s6)', 'var(--s7)'];

/** By the arm's place among all of them by name, so that a colour does not jump with the ranking. */
export function armColors(names: string[]): Map<string, string> {
  const sorted = [...new Set(names)].sort();
  return new Map(sorted.map((name, i) => [name, palette[i % palette.length]!]));
}

export const armKey = (row: { campaign: string; arm: string }): string => `${row.campaign}/${row.arm}`;

/** The arm alone while there is one campaign. */
export function armName(row: { campaign: string; arm: string }, rows: { campaign: string }[]): string {
  return rows.every((r) => r.campaign === row.campaign) ? row.arm : `${row.campaign} / ${row.arm}`;
}

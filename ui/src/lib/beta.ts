// What is believed of an arm: a Beta distribution over its rate, from what was served and accepted.
// (Rewards between 0 and 1 count as parts of a success, as in Agrawal and Goyal, "Analysis of
// Thompson Sampling for the Multi-armed Bandit Problem", COLT 2012.)

export interface Belief {
  mean: number;
  low: number;
  high: number;
  /** Density at `curve.length` even points from 0 to `top`, highest 1. */
  curve: number[];
  top: number;
}

const POINTS = 240;

/** log Γ(x), Lanczos with g = 7; 15 digits for x > 0. */
export function logGamma(x: number): number {
  const c = [
    0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
    12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
  ];
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const z = x - 1;
  let sum = c[0] as number;
  for (let i = 1; i < 9; ++i) sum += (c[i] as number) / (z + i);
  const t = z + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(t) - t + Math.log(sum);
}

/** The belief after `successes` of `trials` on top of `a` and `b` pseudo-counts, with its 90 % interval. */
export function belief(successes: number, trials: number, a = 1, b = 1, top?: number): Belief {
  const alpha = a + Math.max(0, successes);
  const beta = b + Math.max(0, trials - successes);
  const mean = alpha / (alpha + beta);
  const deviation = Math.sqrt((mean * (1 - mean)) / (alpha + beta + 1));
  const end = top ?? Math.min(1, mean + 5 * deviation);
  const norm = logGamma(alpha + beta) - logGamma(alpha) - logGamma(beta);
  const density = (x: number) =>
    x <= 0 || x >= 1 ? 0 : Math.exp(norm + (alpha - 1) * Math.log(x) + (beta - 1) * Math.log(1 - x));
  const fine = 4000;
  let sum = 0;
  const cumulative: number[] = [];
  for (let i = 0; i < fine; ++i) cumulative.push((sum += density((i + 0.5) / fine)));
  const at = (share: number) => (cumulative.findIndex((v) => v >= share * sum) + 0.5) / fine;
  const raw = Array.from({ length: POINTS }, (_, i) => density(((i + 0.5) / POINTS) * end));
  const most = Math.max(...raw, 1e-12);
  return { mean, low: at(0.05), high: at(0.95), curve: raw.map((v) => v / most), top: end };
}

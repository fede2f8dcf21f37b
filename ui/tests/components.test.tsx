import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';

import { getKey } from '@/api/key';
import { useGet } from '@/api/queries';
import { Cohorts, byWeek } from '@/charts/cohorts';
import { Funnel } from '@/charts/funnel';
import { Posteriors } from '@/charts/posteriors';
import { ScoreBar } from '@/charts/score_bar';
import { chosenTheme, chooseTheme } from '@/lib/theme';
import { Segmented } from '@/parts/controls';
import { Delta } from '@/parts/figures';
import { Shell } from '@/parts/shell';
import { Answer, Empty } from '@/parts/states';

import { fakeNode, jsonAnswer, show } from './support';

function Asks() {
  const q = useGet<{ n: number }>('/api/thing');
  return (
    <Answer of={q} empty={(a) => a.n === 0} whenEmpty={<Empty title="Nothing there" />}>
      {(a) => <p>got {a.n}</p>}
    </Answer>
  );
}

describe('an answer', () => {
  it('is loading, and then there', async () => {
    fakeNode({ 'GET /api/thing': () => ({ n: 7 }) });
    show(<Asks />);
    expect(screen.getByRole('status', { name: 'Loading' })).toBeInTheDocument();
    expect(await screen.findByText('got 7')).toBeInTheDocument();
  });

  it('says what an empty one means', async () => {
    fakeNode({ 'GET /api/thing': () => ({ n: 0 }) });
    show(<Asks />);
    expect(await screen.findByText('Nothing there')).toBeInTheDocument();
  });

  it('tells the node’s own words when it fails, and asks again on demand', async () => {
    let works = false;
    fakeNode({
      'GET /api/thing': () =>
        works
          ? { n: 1 }
          : jsonAnswer({ status: 503, code: 'not_ready', detail: 'shard 3 is restoring' }, 503),
    });
    show(<Asks />);
    expect(await screen.findByRole('alert', {}, { timeout: 4_000 })).toHaveTextContent(
      'shard 3 is restoring',
    );
    works = true;
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText('got 1')).toBeInTheDocument();
  });

  it('asks for a key where one is missing, and then sends it', async () => {
    const asked = fakeNode({
      'GET /api/thing': (a) =>
        a.headers.Authorization === 'Bearer right'
          ? { n: 2 }
          : jsonAnswer(
              { status: 401, code: 'unauthenticated', detail: 'needs a key with the scope read' },
              401,
            ),
    });
    show(<Asks />);
    expect(await screen.findByText('This node asks for a key')).toBeInTheDocument();
    await userEvent.type(screen.getByLabelText('API key'), 'right');
    await userEvent.click(screen.getByRole('button', { name: 'Use' }));
    expect(await screen.findByText('got 2')).toBeInTheDocument();
    expect(getKey()).toBe('right');
    expect(sessionStorage.getItem('riq.key')).toBe('right');
    expect(asked.at(-1)!.headers.Authorization).toBe('Bearer right');
  });
});

describe('the shell', () => {
  it('has the six pages and marks the one that is open', async () => {
    fakeNode({ 'GET /readyz': () => ({ status: 'ready' }) });
    show(<Shell>content</Shell>, '/users/u1');
    const menu = screen.getAllByRole('navigation', { name: 'Pages' })[0]!;
    expect(
      within(menu)
        .getAllByRole('link')
        .map((a) => a.textContent?.trim()),
    ).toEqual(['Live', 'User', 'Analytics', 'Offers', 'System', 'API']);
    expect(within(menu).getByRole('link', { current: 'page' })).toHaveTextContent('User');
    await waitFor(() => expect(screen.getAllByText('Node ready').length).toBeGreaterThan(0));
    expect(document.title).toBe('User · RetargetIQ');
  });

  it('says when the node cannot be reached, and when it is restoring', async () => {
    fakeNode({ 'GET /readyz': () => Promise.reject(new TypeError('refused')) });
    const away = show(<Shell>content</Shell>);
    expect(await screen.findByRole('alert')).toHaveTextContent('cannot be reached');
    away.unmount();
    fakeNode({ 'GET /readyz': () => jsonAnswer({ status: 'not ready', detail: 'shard 5' }, 503) });
    show(<Shell>content</Shell>);
    expect(await screen.findByRole('alert')).toHaveTextContent('restoring its state: shard 5');
  });

  it('changes the theme and remembers it', async () => {
    fakeNode({ 'GET /readyz': () => ({ status: 'ready' }) });
    show(<Shell>content</Shell>);
    await userEvent.click(screen.getAllByRole('button', { name: /^Theme: as the system/ })[0]!);
    expect(document.documentElement.dataset.theme).toBe('light');
    await userEvent.click(screen.getAllByRole('button', { name: /^Theme: light/ })[0]!);
    expect(localStorage.getItem('riq.theme')).toBe('dark');
    chooseTheme('auto');
    expect(chosenTheme()).toBe('auto');
    expect(localStorage.getItem('riq.theme')).toBeNull();
  });
});

describe('figures', () => {
  it('tell a change in words too, and good from bad', () => {
    show(
      <>
        <Delta value={0.25} better="more" />
        <Delta value={0.5} better="less" against="last week" />
        <Delta value={undefined} />
      </>,
    );
    expect(screen.getByText('up by', { selector: 'span.text-good > span' })).toBeInTheDocument();
    expect(screen.getByText('up by', { selector: 'span.text-bad > span' })).toBeInTheDocument();
    expect(screen.getByText(/against last week/)).toBeInTheDocument();
    expect(screen.getByText('nothing before')).toBeInTheDocument();
  });

  it('are chosen by keyboard as radio buttons are', async () => {
    let chosen = 'a';
    show(
      <Segmented
        label="Range"
        value={chosen}
        options={[
          { value: 'a', label: 'One' },
          { value: 'b', label: 'Two' },
        ]}
        onChange={(v) => (chosen = v)}
      />,
    );
    await userEvent.tab();
    expect(screen.getByRole('radio', { name: 'One' })).toHaveFocus();
    await userEvent.keyboard('{ArrowRight}');
    expect(chosen).toBe('b');
  });
});

describe('drawings', () => {
  it('of a funnel tell each step and what is lost before it', () => {
    show(
      <Funnel
        steps={[
          { step: 'VIEW', sessions: 200, dropOff: 0, conversion: 1, secondsFromPrevious: 0 },
          { step: 'ADD_TO_CART', sessions: 50, dropOff: 0.75, conversion: 0.25, secondsFromPrevious: 95 },
        ]}
      />,
    );
    const steps = within(screen.getByRole('list', { name: 'Conversion funnel' })).getAllByRole('listitem');
    expect(steps[0]).toHaveTextContent('View100 %200 sessions');
    expect(steps[1]).toHaveTextContent('75 % dropped off · 1 min 35 s on average');
    expect(steps[1]).toHaveTextContent('25 %50 sessions');
  });

  it('of cohorts make the triangle that time makes', () => {
    const week = 7 * 86_400_000;
    const now = 100 * week + 1;
    const cell = (w: number, later: number) => ({
      week: w * week,
      cohort: 10,
      later,
      users: 5,
      retention: 0.5,
      revenue: 3,
    });
    const rows = byWeek([cell(100, 0), cell(98, 0), cell(98, 2)], now);
    expect(rows.map((r) => [r.week / week, r.columns])).toEqual([
      [98, 3],
      [100, 1],
    ]);
    show(<Cohorts cells={[cell(98, 0)]} show="retention" />);
    expect(screen.getByRole('rowheader')).toBeInTheDocument();
    expect(screen.getByText('50 %')).toBeInTheDocument();
  });

  it('of beliefs and scores say their numbers to those who cannot see them', () => {
    show(
      <>
        <Posteriors arms={[{ name: 'save10', successes: 30, trials: 90, color: 'red' }]} />
        <ScoreBar terms={{ userPref: 0.5, itemQuality: 0.25, recency: 1, diversity: 0 }} most={1} />
      </>,
    );
    expect(
      screen.getByRole('img', { name: /^save10: 31 %, with 90 % certainty between/ }),
    ).toBeInTheDocument();
    expect(screen.getByRole('img', { name: /^Taste 0.5 × 0.4, Quality 0.25 × 0.3/ })).toBeInTheDocument();
  });
});

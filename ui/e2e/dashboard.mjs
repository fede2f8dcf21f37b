// The six pages in a real browser against a real node with the demo shop's traffic: what they show is
// what the API says, in light and dark, on a laptop and a phone. Run by ctest:
//   node ui/e2e/dashboard.mjs --binary build/retargetiq [--screenshots FOLDER]
import assert from 'node:assert/strict';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';

import { executablePath, launch, open, seriousFindings, sidewaysOverflow } from './browser.mjs';
import { awaitThat, Node } from './node.mjs';

const argument = (name) => {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
};
const binary = argument('--binary');
const screenshots = argument('--screenshots');
assert.ok(binary, 'usage: dashboard.mjs --binary PATH [--screenshots FOLDER]');
assert.ok(existsSync(executablePath), 'needs the package chromium: script/bootstrap --tests');
if (screenshots) mkdirSync(screenshots, { recursive: true });

const FIRST_LOAD_BYTES = 350_000;

const node = new Node(binary, ['auth.mode=auto']);
let browser;
let user;

const pages = () => ({
  live: { path: '/', shows: '[data-testid=stream-rows] tr' },
  user: { path: `/users/${user}`, shows: '[data-testid=recommendations] [data-product]' },
  analytics: { path: '/analytics', shows: '[data-testid=analytics-revenue] [data-total]' },
  offers: { path: '/offers', shows: '[data-testid=offers-served]' },
  system: { path: '/system', shows: '[data-testid=shards] tbody tr' },
  reference: { path: '/reference', shows: '[data-testid=try-it]' },
});

const text = (page, selector) => page.locator(selector).first().innerText();
const number = (shown) => Number(shown.replace(/[^\d.-]/g, ''));

/** Whether a page asks for a range that runs on now, and not for the one before it. */
const isOfNow = (url) => Number(new URL(url).searchParams.get('to')) > Date.now();

/** The answer behind what a page shows: asked by the page, and asked again by the test. */
async function answerOf(page, pattern, act) {
  const [response] = await Promise.all([
    page.waitForResponse((r) => pattern.test(r.url()) && isOfNow(r.url()) && r.ok()),
    act(),
  ]);
  const url = new URL(response.url());
  return node.get(url.pathname + url.search);
}

before(async () => {
  await node.start();
  browser = await launch();
  node.startDemo('--rate', '120', '--users', '120', '--items', '300');
  // Enough of a shop: orders, and offers made and taken.
  await awaitThat(
    async () => {
      const offers = await node.get('/api/analytics/offers');
      const orders = await node.get('/api/analytics/revenue');
      return offers.totals.accepted >= 1 && orders.totals.orders >= 5;
    },
    'the demo shop sells something and offers something',
    120_000,
  );
  // Someone with an order and a list of their own.
  const { recentEvents } = await node.get('/api/inspect/node');
  user = recentEvents[0].userId;
});

after(async () => {
  await browser?.close();
  await node.close();
});

describe('a first visit', () => {
  it('shows the traffic at work, from few bytes', async () => {
    const { page, faults, close } = await open(browser, node.url);
    let bytes = 0;
    page.on('response', async (r) => {
      if (!/\/api\/|\/readyz/.test(r.url()))
        bytes += (
          await r
            .request()
            .sizes()
            .catch(() => ({ responseBodySize: 0 }))
        ).responseBodySize;
    });
    const begun = Date.now();
    await page.goto(node.url);
    await page.locator('[data-testid=stream-rows] tr').first().waitFor();
    const shown = Date.now() - begun;
    const paint = await page.evaluate(
      () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime,
    );
    await page.locator('[data-testid=events-per-sec]').waitFor();
    console.log(
      `# first paint ${Math.round(paint)} ms, first events ${shown} ms, ${Math.round(bytes / 1000)} kB loaded`,
    );
    assert.ok(bytes > 0 && bytes < FIRST_LOAD_BYTES, `${bytes} bytes on the first load`);
    assert.deepEqual(faults, []);
    await close();
  });
});

describe('every page', () => {
  for (const name of ['live', 'user', 'analytics', 'offers', 'system', 'reference'])
    for (const viewport of ['laptop', 'phone'])
      for (const colorScheme of ['light', 'dark'])
        it(`${name} on a ${viewport}, ${colorScheme}: no barrier, no overflow, no error`, async () => {
          const { page, faults, close } = await open(browser, node.url, { viewport, colorScheme });
          const { path, shows } = pages()[name];
          await page.goto(node.url + path);
          await page.locator(shows).first().waitFor();
          await awaitThat(
            async () => (await page.locator('[aria-label=Loading]').count()) === 0,
            `${name} has loaded`,
          );
          assert.deepEqual(await seriousFindings(page), []);
          assert.equal(await sidewaysOverflow(page), 0);
          assert.deepEqual(faults, []);
          if (screenshots)
            await page.screenshot({ path: join(screenshots, `${name}-${viewport}-${colorScheme}.png`) });
          await close();
        });
});

describe('with the traffic still', () => {
  before(async () => {
    await node.stopDemo();
    await node.settled();
  });

  it('User shows the actor as the API does', async () => {
    const { page, close } = await open(browser, node.url);
    await page.goto(`${node.url}/users/${user}`);
    await page.locator('[data-product]').first().waitFor();
    const features = await node.get(`/api/features/${user}`);
    const list = await node.get(`/api/recommendations/${user}?limit=12`);
    assert.equal(await text(page, '[data-testid=user-id]'), user);
    assert.equal(number(await text(page, '[data-testid=views-7d]')), features.features.views_7d);
    const shown = await page
      .locator('[data-product]')
      .evaluateAll((all) => all.map((e) => e.dataset.product));
    assert.deepEqual(
      shown,
      list.recommendations.map((r) => r.productId),
    );
    await close();
  });

  it('User sends an event, and shows what it changed', async () => {
    const { page, close } = await open(browser, node.url);
    await page.goto(`${node.url}/users/${user}`);
    const first = page.locator('[data-product]').first();
    await first.waitFor();
    const before = (await node.get(`/api/features/${user}`)).features.views_7d;
    const product = await first.getAttribute('data-product');
    await first.getByRole('button', { name: 'View' }).click();
    await awaitThat(
      async () => number(await text(page, '[data-testid=views-7d]')) === before + 1,
      'the page shows the view that was sent from it',
    );
    const inspected = await node.get(`/api/inspect/users/${user}`);
    assert.ok(inspected.state.touches.some((t) => t.productId === product));
    await close();
  });

  it('User makes an offer and notes what it brought', async () => {
    const { page, close } = await open(browser, node.url);
    await page.goto(`${node.url}/users/${user}`);
    await page.getByRole('button', { name: 'Ask for an offer' }).click();
    await page.getByRole('button', { name: 'It was taken' }).click();
    await page.getByText('Noted: accepted').waitFor();
    await node.settled();
    const { state } = await node.get(`/api/inspect/users/${user}`);
    assert.ok(state.bandit.arms.some((a) => a.reward > 0));
    await close();
  });

  it('Analytics shows the totals of the API, for each range', async () => {
    const { page, close } = await open(browser, node.url);
    const shownTotal = async (name) =>
      Number(
        await page.locator(`[data-testid=analytics-${name}] [data-total]`).first().getAttribute('data-total'),
      );
    const revenue = /\/api\/analytics\/revenue\?(?!.*by=)/;
    const hour = await answerOf(page, revenue, () => page.goto(`${node.url}/analytics`));
    await awaitThat(
      async () => (await shownTotal('revenue')) === hour.totals.revenue,
      'the revenue of the hour',
    );
    assert.ok(hour.totals.revenue > 0);
    const day = await answerOf(page, revenue, () =>
      page.getByRole('radio', { name: '24 hours' }).check({ force: true }),
    );
    assert.equal(day.granularity, 'hour');
    await awaitThat(
      async () => (await shownTotal('revenue')) === day.totals.revenue,
      'the revenue of the day',
    );
    const events = await node.get(`/api/analytics/events?from=${day.from}&to=${day.to}`);
    await awaitThat(
      async () => (await shownTotal('events')) === events.totals.events,
      'the events of the day',
    );
    await close();
  });

  it('Analytics draws the funnel of the API, and hands out its CSV', async () => {
    const { page, close } = await open(browser, node.url);
    const funnel = await answerOf(page, /\/api\/analytics\/funnel\?/, () =>
      page.goto(`${node.url}/analytics`),
    );
    const steps = page.getByRole('list', { name: 'Conversion funnel' }).getByRole('listitem');
    await steps.first().waitFor();
    const shown = await steps.allInnerTexts();
    assert.equal(shown.length, funnel.rows.length);
    funnel.rows.forEach((row, i) =>
      assert.match(shown[i].replaceAll(',', ''), new RegExp(`\\b${row.sessions} session`)),
    );
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Conversion funnel as CSV' }).click(),
    ]);
    assert.equal(download.suggestedFilename(), 'funnel.csv');
    const { readFile } = await import('node:fs/promises');
    const csv = await readFile(await download.path(), 'utf8');
    assert.equal(csv.split(/\r?\n/)[0], funnel.columns.join(','));
    await close();
  });

  it('Offers shows the arms of the API', async () => {
    const { page, close } = await open(browser, node.url);
    const offers = await answerOf(page, /\/api\/analytics\/offers\?(?!.*by=)/, () =>
      page.goto(`${node.url}/offers`),
    );
    await page.locator('[data-testid=offers-served]').waitFor();
    await awaitThat(
      async () => number(await text(page, '[data-testid=offers-served]')) === offers.totals.served,
      'the offers made',
    );
    for (const row of offers.rows) {
      const cells = await page
        .getByRole('table', { name: 'Arms and what they brought' })
        .getByRole('row')
        .filter({ hasText: row.arm })
        .getByRole('cell')
        .allInnerTexts();
      assert.deepEqual([number(cells[1]), number(cells[2])], [row.served, row.accepted], row.arm);
    }
    await close();
  });

  it('System shows the shards of the API, and gives a dead letter another try', async () => {
    const bot = await node.post(
      '/api/users/activity',
      { userId: 'crawler', eventType: 'VIEW', productId: 'x' },
      { 'User-Agent': 'Googlebot/2.1 (+http://www.google.com/bot.html)' },
    );
    assert.equal(bot.status, 200);
    await node.settled();
    await awaitThat(
      async () => (await node.get('/api/event-processor/dead-letters')).total >= 1,
      'the letter is there',
    );
    const { page, close } = await open(browser, node.url);
    await page.goto(`${node.url}/system`);
    await page.locator('[data-testid=shards] tbody tr').first().waitFor();
    const { shards } = await node.get('/api/inspect/shards');
    assert.equal(await page.locator('[data-testid=shards] tbody tr').count(), shards.length);
    const resident = shards.reduce((sum, s) => sum + s.resident, 0);
    await awaitThat(
      async () => number(await text(page, '[data-testid=resident]')) === resident,
      'the residents',
    );
    await page
      .getByRole('button', { name: /^Re-submit/ })
      .first()
      .click();
    await page.getByText('Sent again', { exact: true }).waitFor();
    await awaitThat(
      async () => (await node.get('/api/features/crawler')).totals.events === 1,
      'the letter counts now',
    );
    await close();
  });

  it('API lists every call of the document, and makes one', async () => {
    const { page, close } = await open(browser, node.url);
    await page.goto(`${node.url}/reference`);
    await page.locator('[data-testid=try-it]').waitFor();
    const document = await node.get('/openapi.json');
    const calls = Object.values(document.paths).flatMap((p) => Object.keys(p)).length;
    assert.equal(await page.getByRole('navigation', { name: 'Routes' }).getByRole('button').count(), calls);
    await page.getByLabel('userId (required)').fill(user);
    await page.getByLabel('limit').fill('3');
    await page.getByRole('button', { name: 'Call', exact: true }).click();
    const answer = JSON.parse(await page.locator('[data-testid=answer]').innerText());
    const list = await node.get(`/api/recommendations/${user}?limit=3`);
    assert.deepEqual(
      answer.recommendations.map((r) => r.productId),
      list.recommendations.map((r) => r.productId),
    );
    await close();
  });
});

describe('when the node goes and comes back', () => {
  it('the page says so, and goes on by itself', async () => {
    const { page, close } = await open(browser, node.url, { watch: false });
    await page.goto(node.url);
    await page.getByText('Node ready').first().waitFor();
    await node.kill();
    await page.getByRole('alert').filter({ hasText: 'cannot be reached' }).waitFor();
    await page.getByText(/^Reconnecting in/).waitFor();
    await node.start();
    await awaitThat(async () => (await page.getByRole('alert').count()) === 0, 'the page has the node again');
    // Whatever comes while nobody listens is not kept, so the event is sent until the page does.
    await awaitThat(async () => {
      await node.post('/api/users/activity', {
        userId: 'after_the_crash',
        eventType: 'VIEW',
        productId: 'x',
      });
      return (await page.locator('[data-testid=stream-rows]').getByText('after_the_crash').count()) > 0;
    }, 'the stream goes on');
    await close();
  });
});

describe('a node with keys', () => {
  it('is opened by a key, which stays in the tab', async () => {
    const key = 'secret-of-the-test';
    const { createHash } = await import('node:crypto');
    const sha256 = createHash('sha256').update(key).digest('hex');
    const locked = new Node(binary, [`auth.keys=[{name="ops", sha256="${sha256}", scopes=["admin"]}]`]);
    try {
      await locked.start();
      const { page, close } = await open(browser, locked.url, { watch: false });
      await page.goto(`${locked.url}/system`);
      await page.getByText('This node asks for a key').first().waitFor();
      await page.locator('main').getByLabel('API key').first().fill(key);
      await page.locator('main').getByRole('button', { name: 'Use', exact: true }).first().click();
      await page.locator('[data-testid=shards] tbody tr').first().waitFor();
      assert.equal(await page.evaluate(() => sessionStorage.getItem('riq.key')), key);
      assert.equal(await page.evaluate(() => localStorage.length), 0);
      await close();
    } finally {
      await locked.close();
    }
  });
});

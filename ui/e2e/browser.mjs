// The browser, and what every page is held to: nothing from elsewhere, no error, no barrier.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { chromium } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export const viewports = { laptop: { width: 1366, height: 768 }, phone: { width: 360, height: 740 } };

export const executablePath = '/usr/bin/chromium';

export const launch = () =>
  chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--headless',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });

/** A page that collects what it must not have: errors, refusals of its policy, requests elsewhere. */
export async function open(browser, url, { viewport = 'laptop', colorScheme = 'light', watch = true } = {}) {
  // Without the word Headless, which the bot filter rightly knows.
  const userAgent = `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/${browser.version()} Safari/537.36`;
  // axe is put into the page by evaluate, which the policy does not concern.
  const context = await browser.newContext({ viewport: viewports[viewport], colorScheme, userAgent });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const faults = [];
  if (watch) {
    page.on('pageerror', (e) => faults.push(`error: ${e.message}`));
    page.on('console', (m) => {
      // An item that is not in the catalogue answers 404; the browser reports each as an error.
      if (m.type() === 'error' && !/404 \(Not Found\)/.test(m.text())) faults.push(`console: ${m.text()}`);
    });
  }
  page.on('request', (r) => {
    if (!r.url().startsWith(url) && !r.url().startsWith('data:') && !r.url().startsWith('blob:'))
      faults.push(`request elsewhere: ${r.url()}`);
  });
  return { page, faults, close: () => context.close() };
}

/** What axe finds that is serious or worse, one line each. */
export async function seriousFindings(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() =>
    window.axe.run(document, {
      resultTypes: ['violations'],
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'],
    }),
  );
  return violations
    .filter((v) => v.impact === 'serious' || v.impact === 'critical')
    .map(
      (v) =>
        `${v.id}: ${v.nodes
          .slice(0, 3)
          .map((n) => `${n.target.join(' ')} ${n.failureSummary}`)
          .join(' | ')}`,
    );
}

export const sidewaysOverflow = (page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

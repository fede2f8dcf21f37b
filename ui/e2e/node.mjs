// A node of the test's own, with the demo shop's traffic, on a free port.
import { spawn } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export async function awaitThat(condition, what, ms = 30_000) {
  const end = Date.now() + ms;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > end) throw new Error(`not within ${ms / 1000} s: ${what}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

function freePort() {
  return new Promise((done, failed) => {
    const server = createServer();
    server.on('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}

const ended = (child) =>
  new Promise((done) => (child.exitCode === null && !child.signalCode ? child.once('exit', done) : done()));

export class Node {
  constructor(binary, settings = []) {
    this.binary = binary;
    this.settings = settings;
    this.folder = mkdtempSync(join(tmpdir(), 'riq-e2e-ui-'));
    this.log = join(this.folder, 'node.log');
  }

  async start() {
    this.port ??= await freePort();
    this.url = `http://127.0.0.1:${this.port}`;
    const out = openSync(this.log, 'a');
    const sets = this.settings.flatMap((s) => ['--set', s]);
    this.process = spawn(
      this.binary,
      ['serve', '--data-dir', join(this.folder, 'data'), '--listen', `127.0.0.1:${this.port}`, ...sets],
      { stdio: ['ignore', out, out] },
    );
    await awaitThat(async () => {
      if (this.process.exitCode !== null) throw new Error(`the node ended:\n${this.tail()}`);
      return (await fetch(`${this.url}/readyz`).catch(() => undefined))?.ok;
    }, 'the node is ready');
    return this;
  }

  startDemo(...options) {
    this.demo = spawn(this.binary, ['demo', '--url', this.url, ...options], { stdio: 'ignore' });
  }

  async stopDemo() {
    this.demo?.kill('SIGTERM');
    if (this.demo) await ended(this.demo);
    this.demo = undefined;
  }

  /** kill -9 */
  async kill() {
    this.process?.kill('SIGKILL');
    if (this.process) await ended(this.process);
  }

  async close() {
    await this.stopDemo();
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  tail() {
    return readFileSync(this.log, 'utf8').split('\n').slice(-20).join('\n');
  }

  async get(path, headers = {}) {
    const answer = await fetch(this.url + path, { headers });
    if (!answer.ok) throw new Error(`GET ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }

  async post(path, body, headers = {}) {
    const answer = await fetch(this.url + path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'Content-Type': 'application/json', ...headers },
    });
    return { status: answer.status, body: await answer.json() };
  }

  /** Waits until everything that was sent is applied. */
  settled() {
    return awaitThat(async () => {
      const n = await this.get('/api/inspect/node');
      return n.shards.lag === 0 && n.eventProcessor.lag === 0 && n.model.lag === 0;
    }, 'everything is applied');
  }
}

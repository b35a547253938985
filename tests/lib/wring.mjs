// Runs the wring program for the test tools: one job at a time, or many through `wring batch`, which
// reads lines IN<TAB>OUT<TAB>FLAGS and answers each with STATUS<TAB>MESSAGE (STATUS is the exit code
// that the job alone would have had). A program without `batch` is run once a job instead.
// A job that crashes or hangs costs its own answer only: the batch process is started again.

import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import path from 'node:path';

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const WRING = process.env.WRING ? path.resolve(process.env.WRING) : path.join(ROOT, 'build/wring');
export const LEVELS = ['-O1', '-O2', '-O3', '-Os', '-Oz', '-Oz --for=raw --compress-data'];
export const STATUS = { ok: 0, usage: 1, badInput: 2, io: 3, internal: 4, hang: 124 };

/** Runs one job: {in, out, flags: [..]} -> {status, message}. A signal gives status 128 + its number. */
export function runOne(job, timeoutMs = 60000) {
  const args = [job.in, '-o', job.out, ...job.flags];
  const r = spawnSync(WRING, args, { timeout: timeoutMs, killSignal: 'SIGKILL', encoding: 'utf8', maxBuffer: 1 << 26 });
  if (r.error?.code === 'ETIMEDOUT') return { status: STATUS.hang, message: `no answer in ${timeoutMs} ms` };
  if (r.error) throw new Error(`can't run ${WRING}: ${r.error.message}`);
  return { status: r.status ?? 139, message: r.signal ? `${r.signal} ${r.stderr}` : r.stderr.trim() };
}

const hasBatch = () => spawnSync(WRING, ['batch'], { input: '', timeout: 10000 }).status === 0;

/** One `wring batch` process, given one job at a time. */
class BatchProcess {
  constructor(timeoutMs) { this.timeoutMs = timeoutMs; }

  start() {
    const child = spawn(WRING, ['batch'], { stdio: ['pipe', 'pipe', 'pipe'] });
    this.child = child;
    this.buffer = this.errors = '';
    // What a process that was given up still says or how it ends is not about the job that runs now.
    const isCurrent = () => this.child === child;
    child.stdout.setEncoding('utf8').on('data', text => { if (isCurrent()) this.onText(text); });
    child.stderr.setEncoding('utf8').on('data', text => { if (isCurrent()) this.errors = (this.errors + text).slice(-4000); });
    child.stdin.on('error', () => {});
    child.on('close', (code, signal) => {
      if (!isCurrent()) return;
      this.child = null;
      this.answer?.({ status: code || 139, message: `died: ${signal ?? code} ${this.errors}` });
    });
  }

  onText(text) {
    this.buffer += text;
    const end = this.buffer.indexOf('\n');
    if (end < 0) return;
    const line = this.buffer.slice(0, end), tab = line.indexOf('\t');
    this.buffer = this.buffer.slice(end + 1);
    this.answer?.({ status: Number(tab < 0 ? line : line.slice(0, tab)), message: tab < 0 ? '' : line.slice(tab + 1) });
  }

  run(job) {
    if (!this.child) this.start();
    return new Promise(resolve => {
      const timer = setTimeout(() => {
        this.answer({ status: STATUS.hang, message: `no answer in ${this.timeoutMs} ms` });
        this.stop('SIGKILL');
      }, this.timeoutMs);
      this.answer = result => {
        clearTimeout(timer);
        this.answer = null;
        resolve(result);
      };
      this.child.stdin.write(`${job.in}\t${job.out}\t${job.flags.join(' ')}\n`);
    });
  }

  stop(signal = 'SIGTERM') {
    const child = this.child;
    this.child = null;
    if (signal === 'SIGKILL') child?.kill(signal);
    else child?.stdin.end();
  }
}

async function drain(queue, timeoutMs, onDone) {
  const process = new BatchProcess(timeoutMs);
  for (let job; (job = queue.shift());) {
    Object.assign(job, await process.run(job));
    onDone?.(job);
  }
  process.stop();
}

/** Runs all jobs over `workers` processes; adds status and message to each. Resolves when all are done. */
export async function runAll(jobs, { workers = 2, timeoutMs = 60000, onDone } = {}) {
  if (!hasBatch()) {
    for (const job of jobs) { Object.assign(job, runOne(job, timeoutMs)); onDone?.(job); }
    return;
  }
  const queue = [...jobs];
  await Promise.all(Array.from({ length: workers }, () => drain(queue, timeoutMs, onDone)));
}

/** A batch process for callers that run jobs as they come (the fuzz loop). */
export class Runner {
  constructor(timeoutMs = 20000) { this.process = hasBatch() ? new BatchProcess(timeoutMs) : null; this.timeoutMs = timeoutMs; }
  async run(job) { return this.process ? this.process.run(job) : runOne(job, this.timeoutMs); }
  stop() { this.process?.stop(); }
}

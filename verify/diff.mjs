// Do two modules behave the same? The public face of the differential runner.
// Comparer runs comparisons in a child process, so that an endless loop or a crash of the engine costs
// one comparison: a call that hangs in the first module, or exhausts the stack, is left out and the
// comparison begun again.
// As a program: diff.mjs BEFORE AFTER [--seed=N] [--seeds=N] [--rounds=N] [--calls=N] [--traps=kind|any]
//   [--timeout=MS] [--start=MS] [--changed=FILE] [--some-exports] [--json]; exit status 0 same (or nothing that ran differed), 1 different, 2 no comparison.

import { fork } from 'node:child_process';
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parse } from './wasm.mjs';
import { PLAN, compareModules } from './compare.mjs';

const SELF = fileURLToPath(import.meta.url);
const CHILD_FLAGS = ['--stack-size=3000', '--no-warnings'];
const PROGRESS_FD = 4;
const MAX_RESTARTS = 20;
const RESTART_MS = 60000; // no new start after this
const SETUP_MS = 60000;   // for compiling large modules, and comparing large memories
const SLOWER = 20;        // times as long as the first module took, the second may take

/** The child's life: comparisons in, reports out, "SIDE<TAB>LABEL" on the progress pipe before each step. */
function serve() {
  const progress = (label, side) => fs.writeSync(PROGRESS_FD, `${side}\t${label}\n`);
  process.on('message', ({ before, after, plan }) => {
    let report;
    try { report = compareModules(before, after, plan, progress); } catch (error) {
      report = { verdict: 'inconclusive', reason: `internal: ${error.stack}`, internal: true, count: {} };
    }
    process.send(report);
  });
}

export class Comparer {
  /** callMs: how long one call may take; startMs: the instantiation. engineFlags: for V8, e.g. --wasm-max-mem-pages=1024. */
  constructor({ callMs = 3000, startMs = callMs, engineFlags = [] } = {}) {
    Object.assign(this, { callMs, startMs, engineFlags });
  }

  start() {
    const child = fork(SELF, ['--serve'], {
      execArgv: [...CHILD_FLAGS, ...this.engineFlags], serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'ignore', 'ipc', 'pipe'],
    });
    this.child = child;
    child.stdio[PROGRESS_FD].setEncoding('utf8').on('data', text => this.onProgress(text));
    child.on('message', report => { if (this.child === child) this.settle?.({ report }); });
    child.on('exit', (code, signal) => {
      if (this.child !== child) return;
      this.child = null;
      this.settle?.({ died: signal ?? `status ${code}` });
    });
  }

  onProgress(text) {
    const now = performance.now();
    for (const line of text.trimEnd().split('\n')) {
      const tab = line.indexOf('\t'), side = Number(line.slice(0, tab));
      this.at = { side, label: line.slice(tab + 1), since: now, before: side === 1 ? now - this.at.since : 0 };
    }
  }

  /** How long what runs now may take: compiling and comparing are ours; the second module gets what the first took. */
  patience() {
    const { side, label, before } = this.at;
    if (label === 'start' || side === 2) return Math.max(SETUP_MS, this.startMs);
    return Math.max(label === 'instantiation' ? this.startMs : this.callMs, SLOWER * before);
  }

  /** One attempt in the child: {report}, {died} or {hung}. */
  attempt(before, after, plan) {
    if (!this.child) this.start();
    this.at = { side: 0, label: 'start', since: performance.now(), before: 0 };
    return new Promise(resolve => {
      const timer = setInterval(() => {
        if (performance.now() - this.at.since > this.patience()) this.settle({ hung: true });
      }, 100);
      this.settle = result => {
        this.settle = null;
        clearInterval(timer);
        if (!result.report) this.stop();
        resolve(result);
      };
      this.child.send({ before, after, plan });
    });
  }

  /** Compares two modules (bytes). The report: {verdict, reason, count, notes}. */
  async compare(before, after, plan = {}) {
    const skip = [...(plan.skip ?? [])], notes = [], begin = performance.now();
    for (let restarts = 0; ; restarts++) {
      const { report, again } = this.judge(await this.attempt(before, after, { ...plan, skip }));
      const name = /^call \d+ of (.*?): /s.exec(report.reason)?.[1];
      if (!again || !name || restarts === MAX_RESTARTS || performance.now() - begin > RESTART_MS) return { ...report, notes };
      skip.push(name);
      notes.push(`left out ${report.reason}`);
    }
  }

  /** What an attempt says; `again`: without the call that the reason begins with, more could be said. */
  judge({ report, hung, died }) {
    if (report) return { report, again: report.mayLeaveOut };
    const { side, label } = this.at, because = hung ? `no end after ${Math.round(this.patience())} ms` : `the engine died (${died})`;
    const different = side === 1 && hung, reason = `${label}: ${because}${different ? ', before: it ended' : ''}`;
    return { report: { verdict: different ? 'different' : 'inconclusive', reason, count: {} }, again: side === 0 };
  }

  stop() {
    const { child } = this;
    this.child = null;
    child?.kill('SIGKILL');
  }
}

function printReport(report) {
  const { count } = report;
  console.log(`${report.verdict}${report.reason ? `: ${report.reason}` : ''}`);
  if (count.calls) {
    const counted = (n, what) => `${n} ${what}${n === 1 ? '' : 's'}`;
    console.log(`${counted(count.calls, 'call')}: ${count.returned} returned, ${count.trapped} trapped, ${count.threw} threw; `
      + `${counted(count.imports, 'call')} of imports`);
  }
  for (const note of report.notes) console.log(note);
}

/** Random arguments make modules grow their memories to whatever is allowed; little is enough, and faster. */
function memoryLimit(bytes) {
  const initial = (WebAssembly.validate(bytes) ? parse(bytes).memories : []).map(x => Number(x.min));
  return `--wasm-max-mem-pages=${Math.max(1024, ...initial.map(n => n + 256))}`;
}

async function main(args) {
  const { values, positionals } = parseArgs({
    args, allowPositionals: true,
    options: {
      seed: { type: 'string', default: '1' }, seeds: { type: 'string', default: '1' }, rounds: { type: 'string' },
      calls: { type: 'string' }, traps: { type: 'string' }, timeout: { type: 'string' }, json: { type: 'boolean' },
      changed: { type: 'string' }, start: { type: 'string' }, 'any-identity': { type: 'boolean' }, 'some-exports': { type: 'boolean' },
    },
  });
  if (positionals.length !== 2) { console.error('usage: diff.mjs BEFORE AFTER [options]'); return 2; }
  const [before, after] = positionals.map(name => new Uint8Array(fs.readFileSync(name)));
  const callMs = Number(values.timeout ?? 3000), startMs = Number(values.start ?? callMs);
  const comparer = new Comparer({ callMs, startMs, engineFlags: [memoryLimit(before)] });
  const changed = values.changed ? JSON.parse(fs.readFileSync(values.changed, 'utf8')) : [];
  const plan = { changed, someExports: Boolean(values['some-exports']), identities: !values['any-identity'], rounds: Number(values.rounds ?? PLAN.rounds), maxCalls: Number(values.calls ?? PLAN.maxCalls), traps: values.traps ?? PLAN.traps };
  let report;
  for (let i = 0; i < Number(values.seeds); i++) {
    report = await comparer.compare(before, after, { ...plan, seed: Number(values.seed) + i });
    if (report.verdict === 'different') break;
  }
  comparer.stop();
  if (values.json) console.log(JSON.stringify(report)); else printReport(report);
  return report.verdict === 'different' ? 1 : report.verdict === 'same' || report.count.calls ? 0 : 2;
}

if (process.argv.includes('--serve')) serve();
else if (process.argv[1] && fs.realpathSync(process.argv[1]) === SELF) process.exit(await main(process.argv.slice(2)));

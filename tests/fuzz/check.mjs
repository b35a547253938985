// One module through wring with one set of flags, and everything that must hold afterwards. The fuzz loop,
// the minimizer and the replay of old finds all use this, so that they mean the same by "fails".

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Comparer } from '../../verify/diff.mjs';
import { exportSection, withSections } from '../lib/edit.mjs';
import { parse } from '../../verify/wasm.mjs';
import { Runner, STATUS, WRING } from '../lib/wring.mjs';

const ENGINE = ['--experimental-wasm-custom-descriptors', '--wasm-max-mem-pages=2048', '--wasm-max-table-size=200000', '--stack-size=6000'];

/** Programs that read modules: what they accept before they must accept after. Those that are not here accept nothing. */
const READERS = [
  ['WABT', 'wasm-validate', ['--enable-all']],
  ["Debian's Binaryen", '/usr/bin/wasm-opt', ['--all-features', '-q']],
  ['wasm-tools', process.env.WRING_WASM_TOOLS, ['validate', '--features', 'all']],
];
const accepts = (program, args, file) => Boolean(program) && spawnSync(program, [...args, file], { stdio: 'ignore' }).status === 0;

/** Binaryen wants a memory beside data.drop, which the specification doesn't. */
const isOwnRule = (program, args, file) =>
  /Memory operations require a memory[^(]*\(data\.drop/.test(spawnSync(program, [...args, file], { encoding: 'utf8' }).stderr);

function refusedByReader(before, after) {
  const reader = READERS.find(([, program, args]) =>
    accepts(program, args, before) && !accepts(program, args, after) && !isOwnRule(program, args, after));
  return reader ? `${reader[0]} refuses the output` : null;
}

/** All checks by name, in the order they run. */
export const CHECKS = ['status', 'size', 'valid', 'readers', 'differential', 'threads', 'again', 'profile'];

export class Checker {
  constructor({ callMs = 3000 } = {}) {
    this.runner = new Runner();
    this.comparer = new Comparer({ callMs, engineFlags: ENGINE });
    this.folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wring-check-'));
    this.inconclusive = {};
    this.compared = 0;
  }

  file(name) { return path.join(this.folder, name); }

  /** Runs wring: {status, message, bytes}. */
  async optimize(input, output, flags) {
    fs.rmSync(output, { force: true });
    const result = await this.runner.run({ in: input, out: output, flags });
    return { ...result, bytes: fs.existsSync(output) ? new Uint8Array(fs.readFileSync(output)) : null };
  }

  /** null if all is well, else {check, reason}. options: {checks: Set of names, plan: for the comparison}. */
  async check(bytes, flags, { checks = new Set(CHECKS), plan = {} } = {}) {
    const input = this.file('in.wasm'), output = this.file('out.wasm');
    fs.writeFileSync(input, bytes);
    const result = await this.optimize(input, output, flags);
    const steps = {
      status: () => this.checkStatus(result),
      size: () => (result.bytes.length > bytes.length ? `grew from ${bytes.length} to ${result.bytes.length} bytes` : null),
      valid: () => invalidReason(bytes, result.bytes),
      readers: () => refusedByReader(input, output),
      differential: () => this.checkBehaviour(bytes, result.bytes, plan),
      threads: () => this.checkThreads(input, flags, result.bytes),
      again: () => this.checkAgain(output, flags, result.bytes),
      profile: () => this.checkProfile(input, bytes, plan),
    };
    for (const check of CHECKS.filter(c => c === 'status' || checks.has(c))) {
      const reason = await steps[check]();
      if (reason) return { check, reason };
    }
    return null;
  }

  checkStatus({ status, message, bytes }) {
    if (status !== STATUS.ok) return `status ${status}: ${message}`;
    return bytes ? null : 'status 0 but no output';
  }

  async checkBehaviour(before, after, plan) {
    const report = await this.comparer.compare(before, after, plan);
    this.compared++;
    if (report.verdict === 'inconclusive') {
      const why = report.internal ? report.reason : report.reason.replace(/^call \d+ of .*?: /s, '').slice(0, 60);
      this.inconclusive[why] = (this.inconclusive[why] ?? 0) + 1;
    }
    return report.verdict === 'different' ? report.reason : null;
  }

  async checkThreads(input, flags, bytes) {
    for (const jobs of ['-j1', '-j3']) {
      const other = await this.optimize(input, this.file('threads.wasm'), [...flags, jobs]);
      if (!other.bytes) return `status ${other.status} with ${jobs}: ${other.message}`;
      if (Buffer.compare(other.bytes, bytes)) return `another output with ${jobs}`;
    }
    return null;
  }

  async checkAgain(output, flags, bytes) {
    const again = await this.optimize(output, this.file('again.wasm'), flags);
    if (!again.bytes) return `its own output gives status ${again.status}: ${again.message}`;
    return again.bytes.length > bytes.length ? `its own output grew from ${bytes.length} to ${again.bytes.length} bytes` : null;
  }

  /** The module that counts its calls does the same, but for its new exports. */
  async checkProfile(input, bytes, plan) {
    const counting = this.file('counting.wasm');
    const run = spawnSync(WRING, ['profile', '-q', input, '-o', counting], { encoding: 'utf8' });
    if (run.status !== 0) return `wring profile gives status ${run.status}: ${run.stderr}`;
    const m = parse(fs.readFileSync(counting)), exports = m.exports.filter(e => !/^wring (count|module) /.test(e.name));
    const counters = m.exports.length - exports.length, functions = parse(bytes).funcs.length;
    if (counters !== functions + (functions > 0)) return `${counters} counters of ${functions} functions`;
    // An import that is counted is another function than the import: what is one function before may be two.
    const why = await this.checkBehaviour(bytes, withSections(m, { 7: exportSection(exports) }), { ...plan, identities: false });
    return why && `the counting module differs: ${why}`;
  }

  stop() {
    this.runner.stop();
    this.comparer.stop();
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}

function invalidReason(before, after) {
  if (WebAssembly.validate(after) || !WebAssembly.validate(before)) return null;
  try { new WebAssembly.Module(after); } catch (error) { return `V8: ${error.message}`; }
  return 'V8 refuses the output';
}

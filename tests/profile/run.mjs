// Modules that count their calls: run [NAME…] of the corpus (default: a few small ones). Each prints what it printed
// before, its counters are read by the reader that `wring profile --reader` gives, and `wring audit` reads the profile:
// it has a line for every function, and calls happened. That counts are exact is for tests/cli/profile.test.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { modulePath, readManifest, selectRows, workloadPath } from '../../corpus/lib/corpus.mjs';
import { WRING } from '../lib/wring.mjs';

const names = process.argv.slice(2);
const rows = selectRows(readManifest(), names.length ? names : ['xxhash', 'brotli', 'sql.js', 're2', 'go-reflect-wasip1', 'c-lisp-Os-g']);
const dir = mkdtempSync(path.join(tmpdir(), 'wring-profile-'));
const file = (name) => path.join(dir, name);

function run(command, words, env = {}) {
  const r = spawnSync(command, words, { encoding: 'latin1', env: { ...process.env, ...env }, maxBuffer: 1 << 28, timeout: 300_000 });
  if (r.status !== 0) throw new Error(`${path.basename(command)} ${words.join(' ')}: ${r.error?.message ?? r.stderr}`);
  return r.stdout;
}

/** The answer of a workload; under the reader, with its counters in a file. */
function work(row, module, profile) {
  const reading = profile ? ['--import', file('reader.mjs')] : [];
  return run(process.execPath, ['--no-warnings', ...reading, workloadPath(row), module], { WRING_PROFILE: profile, WRING_WORKLOAD_SCALE: '0.2' });
}

function check(row) {
  const module = modulePath(row), counting = file('counting.wasm'), profile = file('wring.profile');
  if (!existsSync(module)) return 'skipped, not in the cache';
  rmSync(profile, { force: true });
  run(WRING, ['profile', '-q', module, '-o', counting]);
  const before = work(row, module), after = work(row, counting, profile);
  if (before !== after) return 'FAILED: the counting module prints something else';
  const audit = JSON.parse(run(WRING, ['audit', module, `--profile=${profile}`, '--json']));
  const lines = readFileSync(profile, 'utf8').trimEnd().split('\n').filter((line) => !line.startsWith('#'));
  if (lines.length !== audit.functions.length + audit.imports.length) return `FAILED: ${lines.length} lines`;
  const sum = (list) => list.reduce((n, { calls }) => n + calls, 0);
  if (!sum(audit.functions)) return 'FAILED: nothing was called';
  return `ok, ${sum(audit.functions)} calls of functions, ${sum(audit.imports)} of imports`;
}

run(WRING, ['profile', `--reader=${file('reader.mjs')}`]);
let failed = 0;
for (const row of rows) {
  const said = check(row);
  console.log(`${row.name}: ${said}`);
  failed += said.startsWith('FAILED');
}
rmSync(dir, { recursive: true, force: true });
process.exitCode = failed ? 1 : 0;

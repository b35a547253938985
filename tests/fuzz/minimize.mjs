// Minimizes a case that the fuzz loop saved and puts it among the regression tests:
//   minimize CASE.wasm [NAME] [--flags="-Oz ..."] [--check=NAME] [--to=FOLDER]
// The case's .json says with which flags it fails and how; --flags and --check stand in for it.
// Writes FOLDER/NAME.wasm and NAME.json (default tests/regress). Exit status 2 if the case does not fail.

import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { instructions, openNaN, parse } from '../../verify/wasm.mjs';
import { ROOT } from '../lib/wring.mjs';
import { instrument } from '../differential/instrument.mjs';
import { Checker } from './check.mjs';
import { Reducer } from './reduce.mjs';

const { values: options, positionals: [file, givenName] } = parseArgs({
  allowPositionals: true,
  options: {
    flags: { type: 'string' }, check: { type: 'string' }, to: { type: 'string', default: path.join(ROOT, 'tests/regress') },
  },
});
if (!file) { console.error('usage: minimize CASE.wasm [NAME] [--flags=...] [--check=...] [--to=FOLDER]'); process.exit(1); }

const recordFile = file.replace(/\.wasm$/, '.json');
const record = fs.existsSync(recordFile) ? JSON.parse(fs.readFileSync(recordFile)) : {};
const flags = options.flags?.split(' ') ?? record.flags ?? ['-O2'];
const plan = { maxCalls: 60, rounds: 6, ...record.plan };
const checker = new Checker({ callMs: 500 });

const computesNaN = bytes => {
  const m = parse(bytes);
  return m.bodies.some(body => instructions(bytes, body).some(openNaN));
};

/** The first check that fails, as the fuzz loop would see it. */
const failure = (bytes, only) => checker.check(bytes, flags, { checks: only && new Set([only]), plan });

const bytes = new Uint8Array(fs.readFileSync(file));
const first = await failure(bytes, options.check ?? record.check);
if (!first) {
  console.log(`${file} with ${flags.join(' ')} does not fail`);
  process.exit(2);
}

/** The same check fails; a difference must not be one of NaN payloads, which are free, or of what --fast-math assumes. */
async function fails(candidate) {
  if ((await failure(candidate, first.check))?.check !== first.check) return false;
  if (first.check !== 'differential' || !computesNaN(candidate)) return true;
  return (await failure(instrument(candidate, { denan: true, zeros: flags.includes('--fast-math') }), first.check)) !== null;
}

const reducer = new Reducer(bytes, fails);
const small = await reducer.reduce();
const reason = (await failure(small, first.check))?.reason;
const name = givenName ?? path.basename(file, '.wasm');
fs.mkdirSync(options.to, { recursive: true });
fs.writeFileSync(path.join(options.to, `${name}.wasm`), small);
fs.writeFileSync(path.join(options.to, `${name}.json`), `${JSON.stringify({ flags, check: first.check, plan, note: reason }, null, 2)}\n`);
console.log(`${bytes.length} -> ${small.length} bytes in ${reducer.tried} runs: ${options.to}/${name}.wasm: ${reason}`);
checker.stop();
process.exit(0);

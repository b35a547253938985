// Does wring refuse exactly what others refuse? agree MINUTES, or --count=N modules from --seed=S, or --spec (the spec
// testsuite as it is). Each module of the generators is broken in one to four bytes, several times; wring (-O1) and V8
// must say the same of each, and WABT's wasm-validate of every eighth. Disagreements are printed by message and one of each
// kind saved to --out. Those that are known, each explained below and in docs/TESTING.md, are counted apart.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT, Runner, STATUS } from '../lib/wring.mjs';
import { findSuite, listModules, listScripts } from '../spec/suite.mjs';
import { Rng } from '../../verify/values.mjs';
import { generators } from './generate.mjs';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string' }, count: { type: 'string' }, only: { type: 'string' }, spec: { type: 'boolean' },
    out: { type: 'string', default: path.join(ROOT, 'build/agree') },
  },
});
const seed = Number(options.seed ?? Date.now() % 1000000007);
const deadline = Date.now() + 60000 * Number(positionals[0] ?? (options.count ? 1e6 : 1));
const BREAKS = 20;
const WABT_EVERY = 8;

/** Why V8 refuses, '' if it doesn't. */
function v8Message(bytes) {
  try { new WebAssembly.Module(bytes); } catch (error) { return error.message.replace(/^WebAssembly.Module\(\): /, ''); }
  return '';
}

function wabtMessage(_, file) {
  const r = spawnSync('wasm-validate', ['--enable-all', file], { encoding: 'utf8' });
  return r.status === 0 ? '' : r.stderr.trim().split('\n')[0].replace(/^.*?error: /, '') || `signal ${r.signal}`;
}

// The other judges. lacks: what they refuse and wring rightly accepts; lax: what they accept and wring rightly refuses.
const JUDGES = [
  {
    name: 'V8', refuses: v8Message,
    lacks: [
      [/implementation limit|is larger than|exceeds|too (large|many)|maximum .* size|local count too|size .* > maximum/, "V8's limits"],
      [/memory limits flags 0x([89abcdef])|page size/i, 'custom page sizes'],
      [/numeric opcode: 0xfc1[3-6]/, 'wide arithmetic'],
      [/mix of legacy and new exception/, 'both kinds of exception handling'],
    ],
    lax: [],
  },
  {
    name: 'WABT', refuses: wabtMessage,
    lacks: [
      [/expected valid (param|result|field|local|block signature) type|invalid global type|unexpected type form|malformed import kind: 32/, 'newer types'],
      [/table elem type must be|GetReferenceIndex|but got \[.*\(ref \d|expected ref.null or ref.func in/, 'newer types'],
      [/unexpected opcode: 0x(fb|1f|1[45]|0a|d[3-6])/, 'newer instructions'],
      [/unexpected opcode: 0xfc 0x1[3-6]/, 'wide arithmetic'],
      [/tables may not be 64-bit/, '64-bit tables'],
      [/initializer expression can only reference an imported global/, 'globals in constant expressions'],
      [/malformed memory limits flag: ([89]|1[0-5])/, 'custom page sizes'],
      [/(index|section) out of order|name section|duplicate .* name/, 'name sections, which may be malformed'],
    ],
    lax: [],
  },
];

const EDGE_BYTES = [0, 1, 0x7f, 0x80, 0xff, 0x40, 0x0b, 0x70, 0x6f, 0x63, 0x64, 0x41, 0x1a, 0x20];

function breakBytes(bytes, rng) {
  const out = bytes.slice();
  for (let k = 1 + rng.below(4); k > 0; k--) {
    const at = 8 + rng.below(out.length - 8);
    out[at] = rng.chance(2) ? rng.pick(EDGE_BYTES) : rng.chance(2) ? out[at] ^ (1 << rng.below(8)) : rng.u32();
  }
  return rng.chance(30) ? out.subarray(0, 8 + rng.below(out.length - 8)) : out;
}

const runner = new Runner();
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wring-agree-'));
const stats = { modules: 0, tried: 0, valid: 0, known: {}, kinds: new Map() };

function note(kind, bytes) {
  const key = kind.replace(/@?\+?\d+/g, '#').replace(/0x[0-9a-f]+/gi, '#').slice(0, 160);
  if (!stats.kinds.has(key)) {
    fs.mkdirSync(options.out, { recursive: true });
    const file = path.join(options.out, `${stats.kinds.size}.wasm`);
    fs.writeFileSync(file, bytes);
    stats.kinds.set(key, { count: 0, file, example: kind });
  }
  stats.kinds.get(key).count++;
}

/** Counts a disagreement with a judge, under its explanation if it has one. */
function disagree(judge, list, message, text, bytes) {
  const found = list.find(([pattern]) => pattern.test(message));
  if (found) known(`${judge.name}: ${found[1]}`);
  else note(text, bytes);
}

function known(why) { stats.known[why] = (stats.known[why] ?? 0) + 1; }

async function verdict(bytes, judges) {
  const input = path.join(folder, 'in.wasm');
  fs.writeFileSync(input, bytes);
  const { status, message } = await runner.run({ in: input, out: path.join(folder, 'out.wasm'), flags: ['-O1'] });
  stats.tried++;
  if (status === STATUS.ok) stats.valid++;
  else if (status !== STATUS.badInput) note(`wring: status ${status}: ${message}`, bytes);
  for (const judge of judges) {
    const refusal = judge.refuses(bytes, input);
    if (status === STATUS.badInput && judge.name === 'WABT' && !refusal && v8Message(bytes)) known('WABT: laxer than wring and V8');
    else if (status === STATUS.badInput && !refusal) disagree(judge, judge.lax, message, `${judge.name} accepts, wring: ${message}`, bytes);
    if (status === STATUS.ok && refusal) disagree(judge, judge.lacks, refusal, `wring accepts, ${judge.name}: ${refusal}`, bytes);
  }
}

/** The judges of this verdict: WABT, a process each time, takes part in some. */
const judgesOf = number => JUDGES.filter(j => j.name !== 'WABT' || number % WABT_EVERY === 0);

async function generated() {
  const list = generators(options.only), wheel = list.flatMap(g => Array(g.weight).fill(g));
  for (let number = 0; number < Number(options.count ?? Infinity) && Date.now() < deadline; number++) {
    const rng = new Rng(seed, number), bytes = await rng.pick(wheel).make(rng);
    if (!bytes || bytes.length < 20) continue;
    stats.modules++;
    await verdict(bytes, judgesOf(stats.tried));
    for (let k = 0; k < BREAKS; k++) await verdict(breakBytes(bytes, rng), judgesOf(stats.tried));
  }
}

async function suite() {
  const folder = findSuite();
  if (!folder) process.exit(77);
  for (const module of listModules(folder, listScripts(folder))) {
    stats.modules++;
    await verdict(fs.readFileSync(path.join(folder, module.folder, module.filename)), JUDGES);
  }
}

await (options.spec ? suite() : generated());
runner.stop();
fs.rmSync(folder, { recursive: true });

console.log(`agree: ${options.spec ? 'spec testsuite' : `seed ${seed}`}, ${stats.modules} modules, ${stats.tried} verdicts, ${stats.valid} valid`);
for (const [why, n] of Object.entries(stats.known)) console.log(`  ${n} known, ${why}`);
for (const [, { count, file, example }] of stats.kinds) console.log(`DISAGREE ${count} times, ${file}: ${example}`);
process.exit(stats.kinds.size ? 1 : 0);

// Does wring refuse exactly what V8 refuses? agree MINUTES, or --count=N modules from --seed=S.
// Each module of the generators is broken in one to four bytes, several times; wring (-O1) and V8 must
// say the same. Disagreements are printed by message and one of each kind saved to --out. Refusals that
// are V8's alone, known and right to differ in, are counted apart: its size limits, proposals it lacks.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT, Runner, STATUS } from '../lib/wring.mjs';
import { Rng } from '../differential/values.mjs';
import { generators } from './generate.mjs';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string' }, count: { type: 'string' }, only: { type: 'string' },
    out: { type: 'string', default: path.join(ROOT, 'build/agree') },
  },
});
const seed = Number(options.seed ?? Date.now() % 1000000007);
const deadline = Date.now() + 60000 * Number(positionals[0] ?? (options.count ? 1e6 : 1));
const BREAKS = 20;

// V8 refuses these although they are valid WebAssembly 3.0, or a proposal that wring knows and V8 doesn't.
const KNOWN = [
  [/implementation limit|is larger than|exceeds|too (large|many)|maximum .* size|local count too|size .* > maximum/, "V8's limits"],
  [/memory limits flags 0x([89abcdef])|page size/i, 'custom page sizes'],
  [/numeric opcode: 0xfc1[3-6]/, 'wide arithmetic'],
  [/mix of legacy and new exception/, 'both kinds of exception handling'],
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

function v8Message(bytes) {
  try { new WebAssembly.Module(bytes); } catch (error) { return error.message; }
  return '';
}

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

async function judge(bytes) {
  const input = path.join(folder, 'in.wasm');
  fs.writeFileSync(input, bytes);
  const { status, message } = await runner.run({ in: input, out: path.join(folder, 'out.wasm'), flags: ['-O1'] });
  const valid = WebAssembly.validate(bytes);
  stats.tried++;
  if (valid) stats.valid++;
  if (status !== STATUS.ok && status !== STATUS.badInput) note(`wring: status ${status}: ${message}`, bytes);
  else if (valid && status !== STATUS.ok) note(`V8 accepts, wring: ${message}`, bytes);
  else if (!valid && status === STATUS.ok) judgeAccepted(bytes);
}

function judgeAccepted(bytes) {
  const message = v8Message(bytes), known = KNOWN.find(([pattern]) => pattern.test(message));
  if (known) stats.known[known[1]] = (stats.known[known[1]] ?? 0) + 1;
  else note(`wring accepts, V8: ${message.replace(/^WebAssembly.Module\(\): /, '')}`, bytes);
}

const list = generators(options.only), wheel = list.flatMap(g => Array(g.weight).fill(g));
for (let number = 0; number < Number(options.count ?? Infinity) && Date.now() < deadline; number++) {
  const rng = new Rng(seed, number), bytes = await rng.pick(wheel).make(rng);
  if (!bytes || bytes.length < 20) continue;
  stats.modules++;
  await judge(bytes);
  for (let k = 0; k < BREAKS; k++) await judge(breakBytes(bytes, rng));
}
runner.stop();
fs.rmSync(folder, { recursive: true });

console.log(`agree: seed ${seed}, ${stats.modules} modules, ${stats.tried} verdicts, ${stats.valid} valid`
  + Object.entries(stats.known).map(([why, n]) => `, ${n} ${why}`).join(''));
for (const [, { count, file, example }] of stats.kinds) console.log(`DISAGREE ${count} times, ${file}: ${example}`);
process.exit(stats.kinds.size ? 1 : 0);

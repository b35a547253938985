// Evaluates constructors ahead of time, in wring's modules by seed and in those of cases/, each with the lines that it must
// print; then the constructors run in the module before, and what is left of them in the one after, and all that can be seen
// must be the same. Options: --seed=N --count=N; --peer=PROGRAM: evaluates with that wasm-ctor-eval, to test the test.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { compareModules } from '../../verify/compare.mjs';
import { parse } from '../../verify/wasm.mjs';
import { instrument } from '../differential/instrument.mjs';
import { generate } from './generate.mjs';
import { callable, started } from './started.mjs';

const { WRING, WRING_ROOT } = process.env;
const option = (name, value) => process.argv.find(a => a.startsWith(`--${name}=`))?.split('=')[1] ?? value;
const work = join(WRING_ROOT, 'build/ctors'), cases = join(WRING_ROOT, 'tests/ctors/cases');
const generator = process.env.WRING_GEN ?? join(WRING_ROOT, 'build/wring-gen');
const peer = option('peer'), tool = peer ? [peer, '-all', '--disable-compact-imports', '-g'] : [WRING, 'wasm-ctor-eval'];

function run(program, args, encoding = 'utf8') {
  const got = spawnSync(program, args, { encoding, timeout: 60_000, maxBuffer: 1 << 28 });
  if (got.status !== 0) throw new Error(`${basename(program)} ${args.join(' ')}: ${got.status ?? got.signal} ${got.stderr}`);
  return got.stdout;
}

function evaluate(bytes, ctors, kept, flags) {
  const input = join(work, 'in.wasm'), output = join(work, 'out.wasm');
  writeFileSync(input, bytes);
  rmSync(output, { force: true });
  const said = run(tool[0], [...tool.slice(1), input, '-o', output, `--ctors=${ctors}`, `--kept-exports=${kept}`, ...flags]);
  return { said, bytes: readFileSync(output) };
}

const count = { whole: 0, part: 0 };
function check(bytes, ctors, kept, flags) {
  const after = evaluate(bytes, ctors, kept, flags);
  count.whole += after.said.split('success on').length - 1;
  count.part += after.said.split('partial').length - 1;
  if (after.said.includes('it runs for too long')) return after; // and it would here
  if (flags.length && bytes.includes('environ_sizes_get')) return after; // which it must not ask for any more
  const report = compareModules(started(bytes, ctors), started(after.bytes, ctors), { hostActs: false, rounds: 2, maxCalls: 60 });
  if (report.verdict === 'different') throw new Error(`${report.reason}\n${after.said}`);
  return after;
}

// ---- written modules: the first lines are comments: the command line, then what must be printed, then what must not be in the output

function checkCase(file) {
  const text = readFileSync(join(cases, file), 'utf8');
  const lines = key => [...text.matchAll(new RegExp(`^;; ${key}: ?(.*)$`, 'gm'))].map(m => m[1]);
  const [ctors, kept = '', ...flags] = lines('run')[0].split(' ');
  const binary = join(work, 'case.wasm');
  run('wat2wasm', ['--enable-all', join(cases, file), '-o', binary]);
  const { said, bytes } = check(readFileSync(binary), ctors.split(','), kept.split(',').filter(Boolean), flags);
  const wanted = lines('says').join('\n');
  if (said.trimEnd() !== wanted) throw new Error(`it says\n${said}\nand should say\n${wanted}`);
  const names = parse(bytes).exports.map(e => e.name).join(' ');
  if (names !== (lines('exports')[0] ?? '')) throw new Error(`it exports ${names}`);
}

// ---- random modules: anything, and what generate.mjs makes

function random(seed) {
  if (seed % 4 === 0) return run(generator, [String(seed)], 'buffer');
  const text = join(work, 'in.wat'), binary = join(work, 'made.wasm');
  writeFileSync(text, generate(seed));
  run('wat2wasm', ['--enable-all', text, '-o', binary]);
  return readFileSync(binary);
}

function checkSeed(seed) {
  const made = random(seed);
  let bytes;
  try {
    bytes = instrument(made, { fuel: 20000, denan: false, expose: true });
  } catch {
    return; // it uses what the instrumenter can't read
  }
  const m = parse(bytes);
  const ctors = m.exports.filter(e => e.kind === 'func' && !/[,@]/.test(e.name) && e.name && callable(m, e.index) && m.funcs[e.index].imported !== true).map(e => e.name)
    .filter(name => seed % 4 === 0 || name === 'one' || name === 'two').slice(0, 2);
  if (ctors.length) check(bytes, ctors, seed & 2 ? ctors : [], ['--ignore-external-input']);
}

mkdirSync(work, { recursive: true });
let failed = 0, n = 0;
function attempt(name, act) {
  try {
    act();
    n++;
  } catch (error) {
    failed++;
    console.error(`FAILED ${name}: ${error.message}`);
  }
}
if (!peer) for (const file of readdirSync(cases)) attempt(file, () => checkCase(file));
const first = Number(option('seed', 1)), last = first + Number(option('count', 400));
for (let seed = first; seed < last; seed++) attempt(`seed ${seed}`, () => checkSeed(seed));
console.log(`${n} modules do the same with constructors evaluated, ${failed} don't; ${count.whole} constructors were evaluated wholly, ${count.part} in part`);
process.exit(failed ? 1 : 0);

// `wring -S` writes text that wasm-tools reads back to the bytes that wring writes without it: of every fixture, proposal and old
// find, and of the corpus' C programs where they are built. Where a module has custom sections that stay, which text leaves
// out, or where nothing smaller was found and the input is given back as it was encoded, the text must at least be that of a valid
// module. WABT, which knows fewer proposals, reads the text back to the same bytes wherever it can read the module. With -g, text and module have the same names of locals and labels, but for what text adds to tell equal ones apart.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ROOT, runAll } from '../lib/wring.mjs';

const scratch = mkdtempSync(path.join(tmpdir(), 'wring-text-'));
const at = (name) => path.join(scratch, name);
const tools = (...args) => spawnSync(process.env.WRING_WASM_TOOLS, args, { encoding: 'utf8' });

function listFolder(folder, end) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((file) => file.endsWith(end)).map((file) => path.join(folder, file));
}

function* modules() {
  const texts = [...listFolder(path.join(ROOT, 'tests/fixtures'), '.wat'), ...listFolder(path.join(ROOT, 'tests/proposals'), '.wat')];
  for (const text of texts) {
    const out = at(`${path.basename(text)}.wasm`);
    if (tools('parse', text, '-o', out).status === 0) yield out;
  }
  yield* listFolder(path.join(ROOT, 'tests/regress'), '.wasm');
  yield* listFolder(path.join(process.env.WRING_CACHE, 'corpus/built/c'), '.wasm');
}

const KINDS = [['-O1'], ['-O2', '-g']];
const jobs = [...modules()].flatMap((file, i) => KINDS.flatMap((flags, k) => [
  { in: file, out: at(`${i}-${k}.wasm`), flags }, { in: file, out: at(`${i}-${k}.wat`), flags: [...flags, '-S'] }]));
await runAll(jobs);

function readNumber(bytes, place) {
  let number = 0, shift = 0, byte;
  do {
    byte = bytes[place.at++];
    number += (byte & 0x7f) * 2 ** shift;
    shift += 7;
  } while (byte & 0x80);
  return number;
}

function readText(bytes, place) {
  const n = readNumber(bytes, place);
  place.at += n;
  return bytes.toString('utf8', place.at - n, place.at);
}

/** The names of locals (subsection 2) and labels (3), as lines "subsection function index name". */
function innerNames(bytes) {
  const names = [], place = { at: 8 };
  while (place.at < bytes.length) {
    const id = bytes[place.at++], end = readNumber(bytes, place) + place.at;
    if (id === 0 && readText(bytes, place) === 'name') readNames(bytes, place, end, names);
    place.at = end;
  }
  return names.sort().join('\n');
}

function readNames(bytes, place, end, names) {
  while (place.at < end) {
    const sub = bytes[place.at++], behind = readNumber(bytes, place) + place.at;
    for (let left = sub === 2 || sub === 3 ? readNumber(bytes, place) : 0; left; left--) {
      const func = readNumber(bytes, place);
      for (let n = readNumber(bytes, place); n; n--) {
        const index = readNumber(bytes, place);
        names.push(`${sub} ${func} ${index} ${readText(bytes, place).replace(/\.#\d+$/, '')}`);
      }
    }
    place.at = behind;
  }
}

function checkWabt(binary, text, bytes) {
  const back = at('wabt.wasm'), wabt = (...args) => spawnSync(args[0], ['--enable-all', ...args.slice(1)], { encoding: 'utf8' });
  if (wabt('wasm-validate', binary).status !== 0) return undefined;
  const parsed = wabt('wat2wasm', text, '-o', back);
  if (parsed.status !== 0) return `WABT: ${parsed.stderr}`;
  const print = (file) => tools('print', file).stdout.replace(/\n *else(?=\n *end)/g, ''); // it leaves out empty arms
  const same = bytes.equals(readFileSync(back)) || print(back) === print(binary);
  return same ? undefined : 'WABT reads another module';
}

function check(file, binary, text) {
  if (binary.status !== 0 || text.status !== 0) return `status ${binary.status} and ${text.status}: ${text.message}`;
  const back = at('back.wasm'), parsed = tools('parse', text.out, '-o', back);
  if (parsed.status !== 0) return parsed.stderr;
  const bytes = readFileSync(binary.out);
  if (binary.flags.includes('-g')) return innerNames(bytes) === innerNames(readFileSync(back)) ? undefined : 'names differ';
  if (bytes.equals(readFileSync(back))) return checkWabt(binary.out, text.out, bytes);
  // References to what threads share have a short form, which wring does not write.
  if (/\(shared /.test(readFileSync(text.out, 'utf8')) && tools('print', back).stdout === tools('print', binary.out).stdout) return undefined;
  const isInput = bytes.equals(readFileSync(file)); // in its own encoding
  if (!isInput && !/\(@custom/.test(tools('print', binary.out).stdout)) return 'the text is of another module';
  return tools('validate', '--features=all', back).status === 0 ? undefined : 'the text is of an invalid module';
}

let passed = 0, failed = 0;
for (let i = 0; i < jobs.length; i += 2) {
  const problem = check(jobs[i].in, jobs[i], jobs[i + 1]);
  if (problem) console.log(`${jobs[i].in}: ${problem}`);
  if (problem) failed++;
  else passed++;
}
if (!failed) rmSync(scratch, { recursive: true });
console.log(`text: ${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);

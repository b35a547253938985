// `wring -S` writes text that wasm-tools reads back to the bytes that wring writes without it: of every fixture, proposal and old
// find, and of the corpus' C programs where they are built. Where a module has custom sections that stay, which text leaves
// out, or where nothing smaller was found and the input is given back as it was encoded, the text must at least be that of a valid
// module.
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

const jobs = [...modules()].flatMap((file, i) => [
  { in: file, out: at(`${i}.wasm`), flags: ['-O1'] }, { in: file, out: at(`${i}.wat`), flags: ['-O1', '-S'] }]);
await runAll(jobs);

function check(file, binary, text) {
  if (binary.status !== 0 || text.status !== 0) return `status ${binary.status} and ${text.status}: ${text.message}`;
  const back = at('back.wasm'), parsed = tools('parse', text.out, '-o', back);
  if (parsed.status !== 0) return parsed.stderr;
  const bytes = readFileSync(binary.out);
  if (bytes.equals(readFileSync(back))) return undefined;
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

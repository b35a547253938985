// Run time of a large Go program: the corpus' esbuild minifies TypeScript's own compiler (9.1 MB of JavaScript), as it came
// and as wring makes it, one process a run, interleaved: minify [--runs=N] [--levels=O3,Os] [--node=PROGRAM]
// The package typescript comes from npm once, pinned, into the cache. Prints the least time of each by the clock and by
// the CPUs' (all threads), how many times as fast that is, and whether all outputs are the same. On a machine that
// does other things too, only the CPUs' time means something.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cacheDir, modulePath, packageDir, readManifest } from '../corpus/lib/corpus.mjs';

const PACKAGE = 'typescript@5.4.5', SHA256 = 'd4eeb6e18a598a21aa0a5c09a52270856e4b23bd31d9c7c60ab80a22b275b07b';

const { values: options } = parseArgs({
  options: { runs: { type: 'string', default: '5' }, levels: { type: 'string', default: 'O3,Os' }, node: { type: 'string', default: process.execPath } },
});
const folder = mkdtempSync(join(tmpdir(), 'wring-minify-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

function must(command, args, cwd) {
  const { status, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? stderr}`);
}

const digest = (file) => createHash('sha256').update(readFileSync(file)).digest('hex');

/** TypeScript's compiler, as one file. */
function fetchSource() {
  const home = join(cacheDir, 'bench', PACKAGE), file = join(home, 'package/lib/typescript.js');
  if (!existsSync(file)) {
    mkdirSync(home, { recursive: true });
    must('npm', ['pack', '--silent', PACKAGE], home);
    must('tar', ['xzf', `${PACKAGE.replace('@', '-')}.tgz`], home);
  }
  if (digest(file) !== SHA256) throw new Error(`${file} is not that of ${PACKAGE}`);
  return file;
}

function runOnce({ module, output }, runner, source) {
  const input = openSync(source), out = openSync(output, 'w'), start = performance.now();
  const child = spawnSync('bash', ['-c', 'exec 3>&2; TIMEFORMAT="%U %S"; time "$@" 2>&3', 'bash', options.node, '--stack-size=4096', runner, module, '--minify', '--loader=js'], { stdio: [input, out, 'pipe'], encoding: 'utf8' });
  const wall = performance.now() - start;
  for (const fd of [input, out]) closeSync(fd);
  if (child.status !== 0) throw new Error(`${module}: ${child.stderr}`);
  const [user, system] = child.stderr.trim().split('\n').at(-1).split(' ').map(Number);
  return { wall, cpu: 1000 * (user + system) };
}

const row = readManifest().find(({ name }) => name === 'esbuild');
const runner = join(packageDir(row), 'wasm_exec_node.js'), source = fetchSource();
const contestants = [{ name: 'input', module: modulePath(row) }];
for (const level of options.levels.split(',')) {
  const module = join(folder, `${level}.wasm`);
  must(process.env.WRING, ['opt', '-q', `-${level}`, '-o', module, modulePath(row)]);
  contestants.push({ name: `-${level}`, module });
}
for (const each of contestants) Object.assign(each, { output: join(folder, `${each.name}.js`), wall: Infinity, cpu: Infinity });
for (let run = 0; run < Number(options.runs); run++) {
  for (const each of contestants) {
    const { wall, cpu } = runOnce(each, runner, source);
    each.wall = Math.min(each.wall, wall);
    each.cpu = Math.min(each.cpu, cpu);
  }
}
const [input] = contestants, ms = (time) => Math.round(time).toLocaleString('en');
console.log('| | ms by the clock | as fast | ms of CPU | as fast |\n|---|---|---|---|---|');
for (const { name, wall, cpu } of contestants) console.log(`| ${name} | ${ms(wall)} | ${(input.wall / wall).toFixed(2)} | ${ms(cpu)} | ${(input.cpu / cpu).toFixed(2)} |`);
const different = contestants.filter(({ output }) => digest(output) !== digest(input.output)).map(({ name }) => name);
console.log(different.length ? `different: ${different.join(', ')}` : 'all outputs are the same');
process.exit(different.length ? 1 : 0);

// Runs the *.test files here: command lines, what they print, and their exit status.
//
//   # a comment
//   $ wring nothing.wasm -o out.wasm          run by bash, in a directory of the file's own that has the modules
//   | wring: cannot read nothing.wasm: […]    its output and errors, together; […] stands for any text within a line,
//   | …                                       and … for any lines
//   ? 3                                       its exit status, when that isn't 0
//
// `run --update NAME…` writes what was printed into the files, keeping lines whose wildcards still match. The modules
// are made of modules/*.wat by wat2wasm, with a name section where the first line says `;; with names`. Programs
// $TOOLS/fake-* are to be taken for wasm-opt; else none is found.

import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdtempSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { WRING } from '../lib/wring.mjs';

const HERE = path.dirname(fileURLToPath(import.meta.url));

/** A test file as [{ comment: [lines], command, expected: [lines], status }]. */
function parse(text) {
  const cases = [];
  let comment = [];
  for (const line of text.replace(/\n+$/, '').split('\n')) {
    if (line.startsWith('$ ')) {
      cases.push({ comment, command: line.slice(2), expected: [], status: 0 });
      comment = [];
    } else if (line.startsWith('|')) cases.at(-1).expected.push(line.slice(2));
    else if (line.startsWith('? ')) cases.at(-1).status = /^\d+$/.test(line.slice(2)) ? Number(line.slice(2)) : line.slice(2);
    else comment.push(line);
  }
  return cases;
}

const lineMatches = (pattern, line) => {
  const parts = pattern.split('[…]').map(part => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(line);
};

/** Whether the lines are as expected, with wildcards. */
function matches(expected, lines) {
  if (!expected.length) return !lines.length;
  const [first, ...rest] = expected;
  if (first === '…') return lines.some((_, i) => matches(rest, lines.slice(i))) || matches(rest, []);
  return lines.length > 0 && lineMatches(first, lines[0]) && matches(rest, lines.slice(1));
}

function makeModules() {
  const dir = mkdtempSync(path.join(tmpdir(), 'wring-cli-'));
  mkdirSync(path.join(dir, 'modules'));
  mkdirSync(path.join(dir, 'bin'));
  symlinkSync(WRING, path.join(dir, 'bin/wring'));
  symlinkSync(process.execPath, path.join(dir, 'bin/node'));
  for (const name of readdirSync(path.join(HERE, 'modules'))) {
    const from = path.join(HERE, 'modules', name), to = path.join(dir, 'modules', name);
    if (!name.endsWith('.wat')) { copyFileSync(from, to); continue; }
    const names = readFileSync(from, 'utf8').startsWith(';; with names') ? ['--debug-names'] : [];
    const r = spawnSync('wat2wasm', [...names, from, '-o', to.replace(/wat$/, 'wasm')], { encoding: 'utf8' });
    if (r.status !== 0) throw new Error(`wat2wasm ${name}: ${r.error?.message ?? r.stderr}`);
  }
  return dir;
}

function environment(dir) {
  const { WRING_NODE, ...env } = process.env;
  return { ...env, WASM_OPT: '/nothing', PATH: `${dir}/bin:/usr/bin:/bin`, TOOLS: path.join(HERE, 'tools'), LC_ALL: 'C.UTF-8', TMPDIR: path.join(dir, 'tmp') };
}

/** Runs a file's cases in order; adds what each printed. */
function runFile(name, dir) {
  const cases = parse(readFileSync(path.join(HERE, name), 'utf8'));
  const cwd = path.join(dir, name);
  cpSync(path.join(dir, 'modules'), cwd, { recursive: true });
  for (const test of cases) {
    const r = spawnSync('bash', ['-c', `exec 2>&1\n${test.command}`], { cwd, env: environment(dir), encoding: 'utf8', timeout: 120000, input: '' });
    test.lines = r.stdout.split('\n').map(line => line.trimEnd());
    if (test.lines.at(-1) === '') test.lines.pop();
    test.got = r.status ?? `${r.signal}`;
    test.ok = test.got === test.status && matches(test.expected, test.lines);
  }
  return cases;
}

/** The expected lines with those that don't match replaced. */
function renewed(test) {
  if (test.ok) return test.expected;
  return test.lines.map(line => test.expected.find(pattern => pattern !== '…' && lineMatches(pattern, line)) ?? line);
}

function format(cases) {
  return cases.map(test => [...test.comment, `$ ${test.command}`, ...renewed(test).map(line => `| ${line}`.trimEnd()), ...(test.got ? [`? ${test.got}`] : [])].join('\n')).join('\n') + '\n';
}

function report(name, test) {
  console.log(`${name}: $ ${test.command}`);
  if (test.got !== test.status) console.log(`  exit status ${test.got}, expected ${test.status}`);
  if (matches(test.expected, test.lines)) return;
  console.log(['  expected:', ...test.expected.map(line => `    ${line}`), '  printed:', ...test.lines.map(line => `    ${line}`)].join('\n'));
}

const args = process.argv.slice(2), update = args.includes('--update');
const wanted = args.filter(arg => !arg.startsWith('--'));
const files = readdirSync(HERE).filter(name => name.endsWith('.test') && (!wanted.length || wanted.includes(name.replace('.test', ''))));
const dir = makeModules();
let passed = 0, failed = 0;
try {
  mkdirSync(path.join(dir, 'tmp'));
  for (const name of files) {
    const cases = runFile(name, dir);
    for (const test of cases) {
      if (test.ok) passed++;
      else { failed++; if (!update) report(name, test); }
    }
    if (update) writeFileSync(path.join(HERE, name), format(cases));
  }
  const left = readdirSync(path.join(dir, 'tmp'));
  if (left.length) { failed++; console.log(`temporary files were left behind: ${left.join(' ')}`); }
} finally {
  rmSync(dir, { recursive: true, force: true });
}
console.log(`cli: ${passed} passed, ${failed} ${update ? 'renewed' : 'failed'}`);
process.exitCode = failed && !update ? 1 : 0;

// What `wring audit` and `wring diff` say of corpus modules, against the facts: run [--all | NAME…]
//   sums      parts, packages, functions and kinds of data add up to the file, to the byte; a diff with itself is empty, one
//             with what wring makes of the module accounts for every byte; what --estimate says of each pass adds up to it
//   removal   a function is emptied and dead code removed: the file shrinks by what the audit said that it retains. 16
//             functions a module of at most 4 MB. Indices get shorter where others go, so up to 2 % and 64 bytes more may go
//   Go        modules keep the names of functions when wring packs the tables they are in. `go tool nm` can't read wasm; so one program is built for wasm and for this machine: names of functions of
//             portable packages and itabs are the same. A program built with a package and without: what is said to go with it
//             goes, and the path to it and the comment on a pull request name the call
// Default: the quick modules of the corpus. Exit status 1 when something is wrong.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { modulePath, quickNames, readManifest, selectRows } from '../../corpus/lib/corpus.mjs';
import { codeSection, rawBodies, withSections } from '../lib/edit.mjs';
import { parse } from '../../verify/wasm.mjs';
import { WRING } from '../lib/wring.mjs';

const args = process.argv.slice(2), names = args.filter((arg) => arg !== '--all');
const rows = selectRows(readManifest(), names.length ? names : args.includes('--all') ? [] : quickNames);
const dir = mkdtempSync(path.join(tmpdir(), 'wring-facts-'));
const file = (name) => path.join(dir, name);
const SAMPLES = 16, LARGEST_SAMPLED = 4 << 20;
let failed = 0;

function run(command, words, options = {}) {
  const r = spawnSync(command, words, { encoding: 'utf8', maxBuffer: 1 << 30, timeout: 600_000, ...options });
  if (r.status !== 0) throw new Error(`${path.basename(command)} ${words.join(' ')}: ${r.error?.message ?? r.stderr}`);
  return r.stdout;
}

const sum = (list, key = 'bytes') => list.reduce((n, item) => n + item[key], 0);
const audit = (module) => JSON.parse(run(WRING, ['audit', module, '--json']));
const part = (a, key) => a.parts.find((p) => p.part === key).bytes;

function expect(name, what, got, wanted) {
  if (got === wanted) return;
  console.log(`${name}: ${what} is ${got}, not ${wanted}`);
  failed++;
}

// --- Sums ---

function checkSums(name, module, a) {
  const code = part(a, 'code') + part(a, 'declarations');
  expect(name, 'the size', a.bytes, statSync(module).size);
  expect(name, 'the sum of parts', sum(a.parts), a.bytes);
  expect(name, 'the sum of custom sections', sum(a.custom_sections), part(a, 'custom'));
  expect(name, 'the sum of packages', sum(a.groups), code);
  expect(name, 'the sum of functions', sum(a.functions), code);
  expect(name, 'the sum of data by kind', Object.values(a.data_kinds).reduce((n, bytes) => n + bytes, 0), part(a, 'data'));
  expect(name, 'the sum of data segments', sum(a.data_segments), part(a, 'data'));
}

// Shares in the compressed size add up to it, but for rounding.
function checkShares(name, module) {
  const { compressed } = JSON.parse(run(WRING, ['audit', module, '--json', '--for=zstd']));
  const parts = compressed.rows.filter((r) => r.part), off = Math.abs(sum(parts, 'compressed') - compressed.bytes);
  if (off > parts.length || parts.some((r) => r.compressed < 0)) expect(name, 'the sum of shares in the compressed size', sum(parts, 'compressed'), compressed.bytes);
}

function checkDiff(name, before, after, a) {
  const d = JSON.parse(run(WRING, ['diff', before, after, '--json'])), b = audit(after);
  const change = (list) => sum(list, 'after') - sum(list, 'before');
  const code = (x) => part(x, 'code') + part(x, 'declarations');
  expect(name, 'the change by parts', change(d.parts), b.bytes - a.bytes);
  for (const list of ['groups', 'functions', 'states']) expect(name, `the change by ${list}`, change(d[list]), code(b) - code(a));
  for (const list of ['data_kinds', 'data_segments']) expect(name, `the change by ${list}`, change(d[list]), part(b, 'data') - part(a, 'data'));
  return d;
}

// What the passes are said to do is what they do.
function checkEstimate(name, module, small) {
  const { bytes, estimate: e } = JSON.parse(run(WRING, ['audit', module, '--json', '--estimate']));
  expect(name, 'the change by passes', sum(e.passes, 'change'), e.bytes - bytes);
  expect(name, 'what the passes leave', Math.min(bytes, e.bytes), statSync(small).size);
}

// A Go module keeps its names: each that is left belongs to a function of about the size that it had.
function checkGoNames(name, a, b) {
  if (a.names !== "Go's pclntab") return;
  const before = new Map(a.functions.map((f) => [f.name, f.bytes])), named = b.functions.filter((f) => before.has(f.name));
  const alike = named.filter((f) => f.bytes > before.get(f.name) * 0.2 && f.bytes < before.get(f.name) * 1.5 + 64);
  expect(name, 'the source of names after wring', b.names, a.names);
  if (named.length < before.size * 0.8) expect(name, 'the number of names after wring', named.length, before.size);
  if (alike.length < named.length * 0.98) expect(name, 'the number of named functions of about their size', alike.length, named.length);
}

function checkDiffs(name, module, a) {
  checkShares(name, module);
  const small = file('small.wasm');
  run(WRING, ['-q', module, '-o', small, '-Oz']);
  checkEstimate(name, module, small);
  checkGoNames(name, a, audit(small));
  checkDiff(name, module, small, a);
  const d = checkDiff(name, module, module, a);
  for (const list of ['parts', 'groups', 'functions', 'data_kinds', 'data_segments']) expect(name, `the number of changed ${list} of a module and itself`, d[list].length, 0);
}

// --- Removal ---

const total = { samples: 0, went: 0, said: 0, worst: 0 };

const UNREACHABLE = Uint8Array.of(0, 0, 0x0b); // no locals, unreachable, end

function sizeWithout(m, bodies, index, to) {
  writeFileSync(file('emptied.wasm'), withSections(m, { 10: codeSection(bodies.with(index, UNREACHABLE)) }));
  run(WRING, ['-q', file('emptied.wasm'), '-o', to, '-O1']);
  return statSync(to).size;
}

/** What went with some functions, and what the audit said. */
function checkRemoval(name, module) {
  const base = file('base.wasm');
  run(WRING, ['-q', module, '-o', base, '-O1']); // what is dead anyhow is gone, and numbers are in their shortest form
  const a = audit(base), m = parse(readFileSync(base)), bodies = rawBodies(m), first = a.functions[0]?.index ?? 0;
  const live = a.functions.filter((f) => !f.dead && f.bytes > 16).sort((x, y) => y.retained - x.retained);
  const step = Math.max(1, Math.floor(live.length / SAMPLES));
  let samples = 0;
  for (let i = 0; i < live.length && samples < SAMPLES; i += step, samples++) {
    const f = live[i], stub = 2 + UNREACHABLE.length; // size, body and declaration stay
    const went = a.bytes - sizeWithout(m, bodies, f.index - first, file('removed.wasm')), said = f.retained - stub;
    total.went += went, total.said += said;
    if (said >= 4096) total.worst = Math.max(total.worst, Math.abs(went - said) / said);
    if (went < said - 4 || went > said * 1.02 + 64) expect(name, `what goes with function ${f.index}`, went, said);
  }
  total.samples += samples;
}

// --- Go ---

const PROGRAM = `package main

import (
	"encoding/json"
	"fmt"
	"os"
)

type point struct{ X, Y int }

func main() { json.NewEncoder(os.Stdout).Encode(map[string]point{"p": {1, 2}}); fmt.Println("done") }
`;
const PORTABLE = ['encoding/json', 'fmt', 'reflect', 'strconv', 'internal/strconv', 'unicode/utf8', 'errors', 'encoding/base64', 'bytes', 'strings', 'main', 'internal/fmtsort'];
const packageOf = (name) => /^\(?\*?((?:[^(.]*\/)*[^(./[]*)\./.exec(name)?.[1];

function checkGo() {
  const go = process.env.WRING_GO;
  if (!go) return console.log('go: skipped, no Go is installed');
  mkdirSync(file('go'));
  writeFileSync(file('go/main.go'), PROGRAM);
  writeFileSync(file('go/go.mod'), 'module facts\n\ngo 1.21\n');
  const build = (out, env) => run(go, ['build', '-o', file(out), '.'], { cwd: file('go'), env: { ...process.env, ...env } });
  build('go.wasm', { GOOS: 'wasip1', GOARCH: 'wasm' });
  build('native', {});
  const symbols = run(go, ['tool', 'nm', '-size', file('native')]).split('\n').map((line) => /^ *\S+ +(\d+) (\S) (.*)$/.exec(line)).filter(Boolean);
  const a = audit(file('go.wasm')), ours = new Set(a.functions.map((f) => f.name));
  const theirs = symbols.filter(([, , kind, name]) => 'Tt'.includes(kind) && PORTABLE.includes(packageOf(name)) && !name.endsWith('.abi0')).map((s) => s[3]);
  const missing = theirs.filter((name) => !ours.has(name)), itabs = symbols.filter((s) => s[3].startsWith('go:itab.'));
  const itabBytes = itabs.reduce((n, s) => n + Number(s[1]), 0);
  console.log(`go: ${theirs.length - missing.length} of ${theirs.length} functions of portable packages; ${a.data_kinds.go_itabs} bytes of itabs are stored, ${itabs.length} with ${itabBytes} bytes in the native program`);
  if (missing.length * 50 > theirs.length) expect('go', 'functions that the audit lacks', missing.length, 0);
  if (a.data_kinds.go_itabs > itabBytes * 1.25 || a.data_kinds.go_itabs < itabBytes * 0.5) expect('go', 'bytes of itabs', a.data_kinds.go_itabs, itabBytes);
}

// What is said to go with a package goes, when the program is built again without it: at least that, and not far less.
const WITH_JSON = `package main

import (
	"encoding/json"
	"os"
)

func load() int {
	var items []int
	text, _ := os.ReadFile("x")
	json.Unmarshal(text, &items)
	return len(items)
}

func main() { println(load()) }
`;
const WITHOUT_JSON = WITH_JSON.replace('"encoding/json"\n', '').replace('\tvar items []int\n', '').replace('\tjson.Unmarshal(text, &items)\n', '').replace('items', 'text');

function checkGoPackage() {
  const go = process.env.WRING_GO;
  if (!go) return;
  const build = (name, text) => {
    mkdirSync(file(name));
    writeFileSync(file(`${name}/main.go`), text);
    writeFileSync(file(`${name}/go.mod`), 'module facts\n\ngo 1.21\n');
    run(go, ['build', '-ldflags=-s -w', '-o', file(`${name}.wasm`), '.'], { cwd: file(name), env: { ...process.env, GOOS: 'wasip1', GOARCH: 'wasm' } });
    return part(audit(file(`${name}.wasm`)), 'code');
  };
  const went = build('with', WITH_JSON) - build('without', WITHOUT_JSON);
  const text = run(WRING, ['audit', 'retained', '--package=encoding/json', file('with.wasm')]);
  const said = Number(/: ([\d,]+) bytes go/.exec(text)[1].replaceAll(',', ''));
  console.log(`go: without encoding/json goes ${said} bytes of code by the audit, ${went} by the linker`);
  if (said > went * 1.05 || said < went * 0.4) expect('go', 'what goes with encoding/json', said, went);
  const why = run(WRING, ['audit', 'why', '--package=encoding/json', file('with.wasm')]);
  if (!/1 +main\.main .*\n.*2 +main\.load .*\n.*3 +encoding\/json\.Unmarshal /.test(why)) expect('go', 'the path to encoding/json', why, 'main.main, main.load, encoding/json.Unmarshal');
  const comment = run(WRING, ['ci', file('without.wasm'), file('with.wasm'), '--estimate=none']);
  if (!comment.includes('new package: `main.main` → `main.load` → `encoding/json.Unmarshal`')) expect('go', 'the comment on a pull request', comment, 'the call that pulled in encoding/json');
}

// --- All ---

let checked = 0;
for (const row of rows) {
  const module = modulePath(row);
  if (!existsSync(module)) { console.log(`${row.name}: skipped, not in the cache`); continue; }
  const a = audit(module);
  checkSums(row.name, module, a);
  checkDiffs(row.name, module, a);
  if (a.bytes <= LARGEST_SAMPLED) checkRemoval(row.name, module);
  checked++;
}
const { samples, went, said, worst } = total;
console.log(`facts: the sums of ${checked} modules add up; with ${samples} functions went ${went} bytes of ${said} that were said, at most ${(worst * 100).toFixed(2)} % off from 4096 bytes up`);
checkGo();
checkGoPackage();
rmSync(dir, { recursive: true, force: true });
console.log(failed ? `facts: ${failed} wrong` : 'facts: ok');
process.exitCode = failed ? 1 : 0;

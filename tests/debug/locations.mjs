// Locations of variables, checked by running. Where DWARF says that a variable is in a local, both modules are made to
// add up what the local holds there: the input at an instruction, the output at those that a source map of single
// instructions leads back to it. If the place was passed equally often in both, the sums must be the same.
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { WASI } from 'node:wasi';
import { Writer, instructions, parse } from '../../verify/wasm.mjs';
import { codeSection, editBody, exportSection, rawGlobals, vector, withSections } from '../lib/edit.mjs';
import { WRING } from '../lib/wring.mjs';
import { codeStart, readSourceMap } from './maps.mjs';

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const vlq = (n) => {
  let value = n < 0 ? -n * 2 + 1 : n * 2, text = '';
  do {
    text += DIGITS[(value & 31) | (value > 31 ? 32 : 0)];
    value >>>= 5;
  } while (value);
  return text;
};

/** A source map in which every instruction is at the line 1 and the column that its offset says. */
function instructionMap(m) {
  let last = 0;
  const places = m.bodies.flatMap((body) => instructions(m.bytes, body).map((i) => i.pos));
  const mappings = places.map((at, k) => {
    const step = at - last;
    last = at;
    return `${vlq(step)}AA${vlq(step)}`;
  });
  return JSON.stringify({ version: 3, sources: ['module'], names: [], mappings: mappings.join(',') });
}

// --- What llvm-dwarfdump says ---

const LOCAL = /^DW_OP_WASM_location 0x0 (0x[0-9a-f]+|[0-9]+), DW_OP_stack_value$/;

// A place in memory relative to a local, and one relative to the frame base.
const OFFSET = /^DW_OP_WASM_location 0x0 (0x[0-9a-f]+|[0-9]+), DW_OP_(?:plus_uconst|consts) ([-+]?(?:0x[0-9a-f]+|[0-9]+))(?:, DW_OP_plus)?$/;
const IN_FRAME = /^DW_OP_fbreg ([-+][0-9]+)$/;

function addEntry(variable, low, high, expression) {
  const local = LOCAL.exec(expression) ?? OFFSET.exec(expression), frame = IN_FRAME.exec(expression);
  const offset = local?.[2] ?? frame?.[1];
  variable.entries.push({ low, high, expression, local: local ? Number(local[1]) : undefined, offset: offset && Number(offset), inFrame: Boolean(frame) });
}

/** Puts the locals that are the frame base into places relative to it. */
function nameFrame(variable, frame) {
  variable.entries = variable.entries.flatMap((e) => (e.inFrame ? (frame?.entries ?? []).map((f) =>
    ({ ...e, low: Math.max(e.low, f.low), high: Math.min(e.high, f.high), local: f.local })) : [e]));
}

/** Where calls return to, by llvm-dwarfdump: the name of the callee and the address, as offsets in the file. */
function readCalls(module, start) {
  const text = spawnSync('llvm-dwarfdump', ['--debug-info', module], { encoding: 'utf8', maxBuffer: 1 << 29 }).stdout;
  const calls = [];
  let entry;
  for (const line of text.split('\n')) {
    const head = /^0x[0-9a-f]+: +DW_TAG_(\w+)/.exec(line), attribute = /^ +DW_AT_(\w+)\t\((.*)\)$/.exec(line);
    if (head) {
      entry = /call_site$/.test(head[1]) ? {} : undefined;
      if (entry) calls.push(entry);
    }
    if (!entry || !attribute) continue;
    if (/^(abstract|call)_origin$/.test(attribute[1])) entry.callee = /"(.*)"/.exec(attribute[2])?.[1] ?? '';
    if (/^(low|call_return)_pc$/.test(attribute[1])) entry.at = Number(attribute[2]) && Number(attribute[2]) + start;
  }
  return calls.filter((c) => c.at);
}

/** Each call site of the output is behind the call that stands for one of the input with that callee. */
function checkCalls(what, before, after, origins, starts, fail) {
  const behind = (m) => m.bodies.flatMap((body) => instructions(m.bytes, body));
  const wanted = new Map(readCalls(before.file, starts.before).map((c) => [c.at, c.callee]));
  const ends = new Map(behind(before.m).map((i) => [i.pos, i.end])), calls = new Map(behind(after.m).map((i) => [i.end, i]));
  const found = readCalls(after.file, starts.after);
  for (const { at, callee } of found) {
    const call = calls.get(at), origin = call && origins.get(call.pos);
    if (call?.op !== 0x10 && call?.op !== 0x11) fail(`${what}: a call site is behind no call`);
    else if (wanted.get(ends.get(origin)) !== callee) fail(`${what}: a call site of ${callee} is at a call of ${wanted.get(ends.get(origin))}`);
  }
  return found.length;
}

/** The variables of each function: { key, low, high of the function, entries, frame }, frame bases as variables too. */
export function readLocations(module) {
  const text = spawnSync('llvm-dwarfdump', ['--debug-info', module], { encoding: 'utf8', maxBuffer: 1 << 29 }).stdout;
  const found = [], open = [];
  let entry, target, cus = 0;
  for (const line of text.split('\n')) {
    const head = /^0x[0-9a-f]+:( +)DW_TAG_(\w+)/.exec(line);
    if (head) {
      const depth = head[1].length;
      while (open.length && open.at(-1).depth >= depth) open.pop();
      if (head[2] === 'compile_unit') cus++;
      entry = { tag: head[2], depth, entries: [], parent: open.at(-1), unit: cus };
      open.push(entry);
      found.push(entry);
      continue;
    }
    const attribute = /^ +DW_AT_(\w+)\t\((.*)$/.exec(line), element = /^ +\[(0x[0-9a-f]+), (0x[0-9a-f]+)\): (.*?)\)?$/.exec(line);
    if (element && target) addEntry(target, Number(element[1]), Number(element[2]), element[3]);
    if (!attribute) continue;
    const [, name, rest] = attribute, value = rest.replace(/\)$/, '');
    target = undefined;
    if (name === 'location' || name === 'frame_base') {
      target = entry;
      if (name === 'frame_base') target = entry.frame = { tag: 'frame', parent: entry, entries: [], unit: cus };
      if (!/^0x[0-9a-f]+: $/.test(rest)) addEntry(target, 0, 2 ** 32, value);
    } else if (['name', 'abstract_origin', 'low_pc', 'high_pc', 'decl_line', 'call_line', 'specification', 'linkage_name'].includes(name)) {
      entry[name] = name.endsWith('_pc') ? Number(value) : value;
    }
  }
  const frames = found.filter((e) => e.frame).map((e) => e.frame);
  return [...found.filter((e) => e.tag === 'variable' || e.tag === 'formal_parameter'), ...frames].map(describe).filter(Boolean);
}

const label = (e) => /"(.*)"/.exec(e.linkage_name ?? e.name ?? e.specification ?? e.abstract_origin ?? '')?.[1] ?? '';

function describe(variable) {
  const chain = [];
  let e = variable.parent;
  for (; e && e.tag !== 'subprogram'; e = e.parent)
    if (e.tag === 'inlined_subroutine') chain.push(`${label(e)}@${e.call_line}`);
  if (!e?.low_pc || !variable.entries.length) return undefined;
  const hasNoFrame = !e.frame && variable.entries.some((x) => x.inFrame);
  nameFrame(variable, e.frame);
  chain.reverse();
  const name = [variable.tag, label(variable), variable.decl_line];
  const key = [e.unit, label(e), ...chain, ...name].join(' ');
  // Inside what wring inlined, the variable is one of that function, of whatever unit.
  const others = [label(e), ...chain].map((f, k) => ['*', f.replace(/@\w+$/, ''), ...chain.slice(k), ...name].join(' '));
  return { key, keys: [key, ...others], low: e.low_pc, high: e.high_pc, entries: variable.entries, hasNoFrame, isFrame: variable.tag === 'frame' };
}

// --- Instrumenting ---

const I64 = { i32: [0xad], i64: [], f32: [0xbc, 0xad], f64: [0xbd] };

/** Adds up a local: sum += v + v * v * odd, count += 1. */
function probe(local, type, sum, count) {
  const value = (w) => w.u8(0x20).u32(local).u8(...I64[type]);
  const w = new Writer();
  w.u8(0x23).u32(sum);
  value(w);
  value(w);
  value(w).u8(0x42).s64(0x9e3779b97f4a7c15n - (1n << 64n)).u8(0x7e, 0x7e, 0x7c, 0x7c, 0x24).u32(sum);
  return w.u8(0x23).u32(count).u8(0x42, 1, 0x7c, 0x24).u32(count).finish();
}

function typeOf(m, index, local) {
  const { params } = m.types[m.funcs[m.importedFuncs + index].type];
  if (local < params.length) return params[local].t;
  for (let left = local - params.length, i = 0; i < m.bodies[index].locals.length; i++) {
    const g = m.bodies[index].locals[i];
    if (left < g.count) return g.type.t;
    left -= g.count;
  }
  return undefined;
}

/** probes: by offset, [{ key, local }]; keys: their numbers. */
function instrument(m, probes, keys) {
  const base = m.globals.length, zero = new Writer().u8(0x7e, 1, 0x42, 0, 0x0b).finish(), exports = [...m.exports];
  for (let i = 0; i < keys.size * 2; i++) exports.push({ name: `probe ${i}`, kind: 'global', index: base + i });
  const bodies = m.bodies.map((body, index) => editBody(m, body, (instr) => {
    if (!probes.has(instr.pos)) return undefined;
    const here = probes.get(instr.pos).filter(({ local }) => I64[typeOf(m, index, local)]);
    const code = here.flatMap(({ key, local }) => {
      const at = base + keys.get(key) * 2;
      return [...probe(local, typeOf(m, index, local), at, at + 1)];
    });
    return [...code, ...m.bytes.subarray(instr.pos, instr.end)];
  }));
  const globals = [...rawGlobals(m), ...Array.from({ length: keys.size * 2 }, () => zero)];
  return withSections(m, { 6: vector(globals), 7: exportSection(exports), 10: codeSection(bodies) }, { dropCustom: true });
}

function run(module, args, nkeys) {
  const nowhere = openSync('/dev/null', 'w');
  const wasi = new WASI({ version: 'preview1', args: ['program', ...args], env: {}, returnOnExit: true, stdout: nowhere, stderr: nowhere });
  const instance = new WebAssembly.Instance(module, { wasi_snapshot_preview1: wasi.wasiImport });
  try {
    wasi.start(instance);
  } catch (error) {
    if (!(error instanceof WebAssembly.RuntimeError)) throw error;
  } finally {
    closeSync(nowhere);
  }
  return Array.from({ length: nkeys }, (_, k) => [instance.exports[`probe ${2 * k}`].value, instance.exports[`probe ${2 * k + 1}`].value]);
}

// --- Comparing ---

/** The local that holds a variable at an offset, or with an offset its place in memory, by the input's DWARF, and the variable's key there; undefined if that is not clear. */
function inputLocal(variables, keys, at, offset) {
  const here = keys.map((key) => (variables.get(key) ?? []).filter((v) => at >= v.low && at < v.high)).find((v) => v.length) ?? [];
  const locals = new Set(here.flatMap((v) => v.entries.filter((e) => at >= e.low && at < e.high && e.offset === offset).map((e) => e.local)));
  return locals.size === 1 && [...locals][0] !== undefined ? { local: [...locals][0], key: here[0].key } : undefined;
}

const group = (variables) => {
  const groups = new Map();
  for (const v of variables)
    for (const key of [v.key, v.keys[1]]) groups.set(key, [...(groups.get(key) ?? []), v]);
  return groups;
};

/** The number of the first place at an offset or behind; places are in order. */
function firstAt(places, offset) {
  let low = 0, high = places.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (places[middle] < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

function collect(before, after, origins, starts, fail) {
  const input = group(readLocations(before.file)), keys = new Map(), probes = { before: new Map(), after: new Map() };
  const add = (where, at, key, local) => where.set(at, [...(where.get(at) ?? []), { key, local }]);
  const places = after.m.bodies.flatMap((body) => instructions(after.m.bytes, body).map((i) => i.pos));
  let inlined = 0;
  for (const v of readLocations(after.file)) {
    if (v.hasNoFrame) fail(`${v.key} is relative to a frame base that is not there`);
    for (const e of v.entries.filter((x) => x.local !== undefined)) {
      const end = Math.min(e.high, v.high) + starts.after;
      for (let i = firstAt(places, Math.max(e.low, v.low) + starts.after); i < places.length && places[i] < end; i++) {
        const at = places[i], origin = origins.get(at);
        if (origin === undefined) continue;
        const found = inputLocal(input, v.keys, origin - starts.before, e.offset), key = found && `${found.key} @${origin}`;
        if (!found) continue;
        if (!keys.has(key)) {
          keys.set(key, keys.size);
          add(probes.before, origin, key, found.local);
        }
        add(probes.after, at, key, e.local);
        inlined += found.key !== v.key;
      }
    }
  }
  return { keys, probes, inlined };
}

/** Checks one output of a module. Returns how many places of variables were compared, how many could not be, how many
 * are in functions that wring inlined, and how many call sites there are, and the input's instructions that are left. */
export function checkLocations(what, module, flags, runs, file, fail) {
  const map = file('instructions.map'), outMap = file('moved.map'), out = file('located.wasm');
  const before = { file: module, m: parse(readFileSync(module)) };
  writeFileSync(map, instructionMap(before.m));
  const r = spawnSync(WRING, ['opt', '-q', ...flags, module, '-o', out, '--dwarf', `--source-map=${map}`, `--source-map-out=${outMap}`], { encoding: 'utf8' });
  if (r.status !== 0) throw new Error(`${what}: ${r.stderr}`);
  const after = { file: out, m: parse(readFileSync(out)) };
  const starts = { before: codeStart(before.m.bytes), after: codeStart(after.m.bytes) };
  const origins = exactOrigins(outMap, after.m);
  const calls = checkCalls(what, before, after, origins, starts, fail);
  const { keys, probes, inlined } = collect(before, after, origins, starts, (text) => fail(`${what}: ${text}`));
  const modules = [instrument(before.m, probes.before, keys), instrument(after.m, probes.after, keys)].map((bytes) => new WebAssembly.Module(bytes));
  const counts = { compared: 0, differ: 0, places: keys.size, inlined, calls, survivors: new Set(origins.values()) };
  const wrong = new Set();
  if (!keys.size) fail(`${what}: no variable has a location`);
  for (const args of runs) {
    const [x, y] = modules.map((module) => run(module, args, keys.size));
    for (const [key, k] of keys) {
      if (x[k][1] === 0n && y[k][1] === 0n) continue;
      if (x[k][1] !== y[k][1]) counts.differ++;
      else if (x[k][0] === y[k][0]) counts.compared++;
      else wrong.add(key);
    }
  }
  for (const key of [...wrong].slice(0, 5)) fail(`${what}: the location of ${key} is wrong`);
  if (wrong.size > 5) fail(`${what}: ${wrong.size} locations are wrong`);
  return counts;
}

function exactOrigins(file, m) {
  const origins = new Map(), rows = readSourceMap(file);
  let row = 0;
  for (const body of m.bodies) {
    for (const i of instructions(m.bytes, body)) {
      while (row + 1 < rows.length && rows[row + 1].at <= i.pos) row++;
      if (rows[row]?.at <= i.pos && rows[row].file !== undefined) origins.set(i.pos, rows[row].column - 1);
    }
  }
  return origins;
}

// Line tables, checked by running: input and output are made to note each line that they pass, the input only at
// instructions of which some is left. The figure is the share of the output's rows (stretches of code of one line) that
// agree: a row of a line that the input passes is of one that the output passes, too, and the other way round.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Writer, instructions, parse } from '../../verify/wasm.mjs';
import { codeSection, editBody, exportSection, rawGlobals, vector, withSections } from '../lib/edit.mjs';
import { codeStart } from './maps.mjs';

/** The rows of all line tables, by llvm-dwarfdump: { at (offset in the file), line: "file:line", or '' } in order. */
function readLines(module) {
  const text = spawnSync('llvm-dwarfdump', ['--debug-line', module], { encoding: 'utf8', maxBuffer: 1 << 29 }).stdout;
  const start = codeStart(readFileSync(module)), rows = [];
  let files = new Map(), file, sequence = [];
  for (const line of text.split('\n')) {
    const entry = /^file_names\[ *(\d+)\]:/.exec(line), name = /^ +name: "(.*)"/.exec(line);
    const row = /^0x([0-9a-f]+) +(\d+) +\d+ +(\d+)/.exec(line);
    if (line.startsWith('debug_line[')) files = new Map();
    if (entry) file = Number(entry[1]);
    if (name && file !== undefined) files.set(file, name[1]), file = undefined;
    if (!row) continue;
    const ends = line.includes('end_sequence');
    sequence.push({ at: Number.parseInt(row[1], 16) + start, line: ends || row[2] === '0' ? '' : `${path.basename(files.get(Number(row[3])) ?? '')}:${row[2]}` });
    if (ends) {
      if (sequence[0].at > start && sequence[0].at < start + 0xf0000000) rows.push(...sequence);
      sequence = [];
    }
  }
  return rows.sort((a, b) => a.at - b.at); // stable: of rows at one place the last holds
}

/** The module with a flag for each line. lines: their numbers; counts: whether an instruction counts. */
function instrument(m, rows, lines, counts) {
  const base = m.globals.length, zero = new Writer().u8(0x7f, 1, 0x41, 0, 0x0b).finish(), exports = [...m.exports];
  let next = 0, now = '';
  const bodies = m.bodies.map((body) => {
    let noted; // the line that the code before the instruction has noted
    now = '';
    return editBody(m, body, (instr) => {
      for (; next < rows.length && rows[next].at <= instr.pos; next++) now = rows[next].line;
      const code = m.bytes.subarray(instr.pos, instr.end);
      const flag = now && now !== noted && counts(instr.pos) ? new Writer().u8(0x41, 1, 0x24).u32(base + lines.get(now)).out : [];
      noted = (instr.op >= 0x02 && instr.op <= 0x11) || instr.op === 0x1f ? undefined : flag.length ? now : noted;
      return flag.length ? [...flag, ...code] : code;
    });
  });
  for (let k = 0; k < lines.size; k++) exports.push({ name: `line ${k}`, kind: 'global', index: base + k });
  const globals = [...rawGlobals(m), ...Array.from({ length: lines.size }, () => zero)];
  return withSections(m, { 6: vector(globals), 7: exportSection(exports), 10: codeSection(bodies) }, { dropCustom: true });
}

/**
 * survivors: offsets of the input's instructions that are left in some form. run(module, k): an instance after run k.
 * Returns how many rows there are, and how many of them agree.
 */
export function compareCoverage(before, after, survivors, runs, run) {
  const tables = [before, after].map(readLines), lines = new Map();
  for (const row of tables.flat()) if (row.line && !lines.has(row.line)) lines.set(row.line, lines.size);
  const passed = [before, after].map((file, i) => {
    const m = parse(readFileSync(file)), wasm = new WebAssembly.Module(instrument(m, tables[i], lines, i ? () => true : (at) => survivors.has(at))), flags = new Set();
    for (const k of runs) {
      const { exports } = run(wasm, k);
      for (const [line, n] of lines) if (exports[`line ${n}`].value) flags.add(line);
    }
    return flags;
  });
  const rows = tables[1].filter((row, i, all) => row.line && row.line !== all[i - 1]?.line);
  const wrong = rows.filter(({ line }) => passed[0].has(line) !== passed[1].has(line));
  return { rows: rows.length, right: rows.length - wrong.length, wrong: [...new Set(wrong.map((row) => row.line))] };
}

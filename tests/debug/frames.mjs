// Frame bases that are globals, as clang writes them for functions that have no frame: they follow the global to its
// new number, and are left out where the global is gone. The module and its DWARF are made by hand, since linkers give
// the shadow-stack pointer number 0, which it keeps.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { WRING } from '../lib/wring.mjs';

const sized = (bytes) => [bytes.length, ...bytes];
const section = (id, bytes) => [id, ...sized(bytes)];
const text = (s) => [...Buffer.from(s)];
const custom = (name, bytes) => section(0, [...sized(text(name)), ...bytes]);
const word = (n) => [n & 255, (n >> 8) & 255, (n >> 16) & 255, n >>> 24];

// Globals 0 and 2 are not used; 1 and 3 are read and written, so that they stay, as 0 and 1.
const GLOBALS = [5, 60, 7, 9];
const BODIES = [
  [0, 0x20, 0, 0x24, 1, 0x23, 1, 0x41, 3, 0x6a, 0x0b], // local.get 0, global.set 1, global.get 1, i32.const 3, i32.add
  [0, 0x20, 0, 0x24, 3, 0x23, 3, 0x41, 5, 0x6c, 0x0b],
  [0, 0x20, 0, 0x23, 1, 0x73, 0x23, 3, 0x6b, 0x0b],
];
// By function: its frame base, and what it becomes.
const FRAMES = [
  { bytes: [3, ...word(1)], becomes: '0x3 0x0' },
  { bytes: [1, 3], becomes: '0x1 0x1' },
  { bytes: [3, ...word(2)], becomes: undefined },
];
const LOCATION = 0xed, STACK_VALUE = 0x9f;

function makeDwarf(version) {
  const abbreviations = [
    1, 0x11, 1, 0x03, 0x08, 0, 0, // a unit: a name
    2, 0x2e, 0, 0x03, 0x08, 0x11, 0x01, 0x12, 0x06, 0x40, 0x18, 0, 0, // a function: name, address, size, frame base
    0,
  ];
  const entries = [1, ...text('unit\0')];
  let at = 1;
  BODIES.forEach((body, i) => {
    entries.push(2, ...text(`f${i}\0`), ...word(at + 1), ...word(body.length), ...sized([LOCATION, ...FRAMES[i].bytes, STACK_VALUE]));
    at += 1 + body.length;
  });
  entries.push(0);
  const header = version === 5 ? [5, 0, 1, 4, ...word(0)] : [version, 0, ...word(0), 4];
  return [...custom('.debug_abbrev', abbreviations), ...custom('.debug_info', [...word(header.length + entries.length), ...header, ...entries])];
}

function makeModule(version) {
  const globals = GLOBALS.flatMap((value) => [0x7f, 1, 0x41, value, 0x0b]);
  return Buffer.from([
    ...text('\0asm'), ...word(1),
    ...section(1, [1, 0x60, 1, 0x7f, 1, 0x7f]),
    ...section(3, sized(BODIES.map(() => 0))),
    ...section(6, [GLOBALS.length, ...globals]),
    ...section(7, [BODIES.length, ...BODIES.flatMap((_, i) => [...sized(text(`f${i}`)), 0, i])]),
    ...section(10, [BODIES.length, ...BODIES.flatMap(sized)]),
    ...makeDwarf(version),
  ]);
}

/** The frame bases by function. */
function frameBases(module) {
  const dump = spawnSync('llvm-dwarfdump', [module], { encoding: 'utf8' }).stdout, found = new Map();
  for (const entry of dump.split('DW_TAG_subprogram').slice(1))
    found.set(/DW_AT_name\s+\("(\w+)"\)/.exec(entry)?.[1], /DW_OP_WASM_location (0x\d 0x\d+), DW_OP_stack_value/.exec(entry)?.[1]);
  return found;
}

export function checkFrames(file, fail) {
  const module = file('frames.wasm'), out = file('frames.out.wasm');
  for (const version of [4, 5]) {
    writeFileSync(module, makeModule(version));
    for (const level of [['-O1'], ['-Oz'], ['-Oz', '--for=gzip'], ['-Oz', '--asyncify']]) {
      const { status, stderr } = spawnSync(WRING, ['opt', '-q', ...level, module, '-o', out, '--dwarf'], { encoding: 'utf8' });
      const what = `frames, DWARF ${version}, ${level.join(' ')}`;
      if (status !== 0) fail(`${what}: ${stderr}`);
      const found = frameBases(out);
      FRAMES.forEach(({ becomes }, i) => {
        if (found.get(`f${i}`) !== becomes) fail(`${what}: the frame base of f${i} is ${found.get(`f${i}`)}, not ${becomes}`);
      });
    }
  }
}

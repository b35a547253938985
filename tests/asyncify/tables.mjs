// A module with a table that the host can get at calls a function there that another module has put into it, and which is
// suspended. Nothing in the first module says so.
import { HEADER, Writer, concat } from '../../verify/wasm.mjs';

const section = (id, write) => new Writer().section(id, write(new Writer())).finish();
const NOTHING = w => w.u8(1, 0x60, 0, 0);
const body = (...code) => w => w.u8(1).sized(new Writer().u8(0, ...code, 0x0b));

const caller = concat([
  HEADER,
  section(1, NOTHING),
  section(3, w => w.u8(1, 0)),
  section(4, w => w.u8(1, 0x70, 0, 1)),
  section(5, w => w.u8(1, 0, 2)),
  section(6, w => w.u8(1, 0x7f, 1, 0x41, 0, 0x0b)),
  section(7, w => w.u8(4).name('run').u8(0, 0).name('table').u8(1, 0).name('memory').u8(2, 0).name('done').u8(3, 0)),
  section(10, body(0x41, 0, 0x11, 0, 0, 0x23, 0, 0x41, 1, 0x6a, 0x24, 0)),
]);

const other = concat([
  HEADER,
  section(1, NOTHING),
  section(2, w => w.u8(1).name('env').name('pause').u8(0, 0)),
  section(3, w => w.u8(1, 0)),
  section(7, w => w.u8(1).name('f').u8(0, 1)),
  section(10, body(0x10, 0)),
]);

/** null, or what went wrong. `make` gives the module as asyncify makes it. */
export function callsOfOthers(make) {
  const DATA = 1024;
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(make(caller, ['-O2', '--asyncify=imports@env.pause'])));
  let pauses = 0;
  const pause = () => {
    pauses++;
    if (exports.asyncify_get_state() === 2) exports.asyncify_stop_rewind();
    else exports.asyncify_start_unwind(DATA);
  };
  new Uint32Array(exports.memory.buffer, DATA, 2).set([DATA + 8, DATA + 1000]);
  exports.table.set(0, new WebAssembly.Instance(new WebAssembly.Module(other), { env: { pause } }).exports.f);
  exports.run();
  if (exports.done.value !== 0) return 'it went on although it is suspended';
  exports.asyncify_stop_unwind();
  exports.asyncify_start_rewind(DATA);
  exports.run();
  return exports.done.value === 1 && pauses === 2 ? null : `it was done ${exports.done.value} times, and paused ${pauses} times`;
}

// A module that calls its constructors itself: its start function calls the one that it had, then the constructors, with
// zeros for their parameters, and drops what they return. The constructors are no exports any more. So two modules can be
// compared after their constructors ran, with all that these did to the host.
import { parse, Writer } from '../../verify/wasm.mjs';
import { codeSection, exportSection, functionSection, rawBodies, rawElems, vector, withSections } from '../lib/edit.mjs';

const TYPE = 1, FUNCTION = 3, EXPORT = 7, START = 8, ELEM = 9, CODE = 10;
const ZERO = { i32: [0x41, 0], i64: [0x42, 0], f32: [0x43, 0, 0, 0, 0], f64: [0x44, 0, 0, 0, 0, 0, 0, 0, 0] };

function startBody(m, funcs) {
  const code = new Writer().u8(0);
  if (m.start !== undefined) code.u8(0x10).u32(m.start);
  for (const f of funcs) {
    const { params, results } = m.types[m.funcs[f].type];
    for (const p of params) code.u8(...ZERO[p.t]);
    code.u8(0x10).u32(f);
    for (let i = 0; i < results.length; i++) code.u8(0x1a);
  }
  return code.u8(0x0b).finish();
}

// The number of groups in the type section stands before them.
function withType(m) {
  const section = m.sections.find(s => s.id === TYPE);
  if (!section) return Uint8Array.of(1, 0x60, 0, 0);
  const payload = m.bytes.subarray(section.body, section.end);
  let n = 0, at = 0;
  do n |= (payload[at] & 0x7f) << (7 * at); while (payload[at++] & 0x80);
  return new Writer().u32(n + 1).bytes(payload.subarray(at)).u8(0x60, 0, 0).finish();
}

/** Whether a function can be called with zeros. */
export const callable = (m, f) => m.types[m.funcs[f].type].params.every(p => ZERO[p.t]);

/** The module as described, its constructors being exports by name; those that it does not export are not called. */
export function started(bytes, ctors) {
  const m = parse(bytes);
  const funcs = ctors.map(name => m.exports.find(e => e.name === name)?.index).filter(f => f !== undefined);
  return withSections(m, {
    [TYPE]: withType(m),
    [FUNCTION]: functionSection([...m.funcs.filter(f => !f.imported).map(f => f.type), m.types.length]),
    [EXPORT]: exportSection(m.exports.filter(e => !ctors.includes(e.name))),
    [ELEM]: vector([...rawElems(m), new Writer().u8(3, 0).vec(funcs, (f, w) => w.u32(f)).finish()]), // code may name them
    [START]: new Writer().u32(m.funcs.length).finish(),
    [CODE]: codeSection([...rawBodies(m), startBody(m, funcs)]),
  }, { dropCustom: true });
}

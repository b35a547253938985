// Which exports scripts can touch: the glue of generators and hand-written loaders, and whatever must prevent an answer.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { ROOT } from '../../test/native.mjs';

// Beside the bundlers' node_modules, which have the parser.
const work = mkdtempSync(path.join(process.env.WRING_BUNDLERS, 'exports-'));
after(() => rmSync(work, { recursive: true }));
cpSync(path.join(ROOT, 'js/unplugin/exports.mjs'), path.join(work, 'exports.mjs'));
const { usedExports } = await import(pathToFileURL(path.join(work, 'exports.mjs')).href);
const ask = (code, name = 'main.js') => usedExports([{ name, code }]);

// As wasm-bindgen's --target web writes it, what matters of it.
const BINDGEN = `
let wasm; let memory0 = null;
function getMemory() { if (memory0 === null || memory0.byteLength === 0) memory0 = new Uint8Array(wasm.memory.buffer); return memory0; }
export function answer(x) { const p = wasm.__wbindgen_malloc(8, 1) >>> 0; getMemory(); return wasm.answer(p, x); }
async function __wbg_load(module, imports) {
  if (typeof Response === 'function' && module instanceof Response) {
    if (typeof WebAssembly.instantiateStreaming === 'function') {
      try { return await WebAssembly.instantiateStreaming(module, imports); }
      catch (e) { if (module.headers.get('Content-Type') == 'application/wasm') throw e; }
    }
    const bytes = await module.arrayBuffer();
    return await WebAssembly.instantiate(bytes, imports);
  } else {
    const instance = await WebAssembly.instantiate(module, imports);
    if (instance instanceof WebAssembly.Instance) return { instance, module };
    else return instance;
  }
}
function __wbg_finalize_init(instance, module) {
  wasm = instance.exports; __wbg_init.__wbindgen_wasm_module = module; memory0 = null; wasm.__wbindgen_start(); return wasm;
}
function initSync(module) {
  if (wasm !== undefined) return wasm;
  if (!(module instanceof WebAssembly.Module)) module = new WebAssembly.Module(module);
  return __wbg_finalize_init(new WebAssembly.Instance(module, {}), module);
}
async function __wbg_init(path) {
  if (wasm !== undefined) return wasm;
  const { instance, module } = await __wbg_load(await path, {});
  return __wbg_finalize_init(instance, module);
}`;
const BINDGEN_NAMES = ['__wbindgen_malloc', '__wbindgen_start', 'answer', 'memory'];

// As AssemblyScript's --bindings esm writes it.
const ASSEMBLYSCRIPT = `
async function instantiate(module, imports = {}) {
  const { exports } = await WebAssembly.instantiate(module, imports);
  const memory = exports.memory || imports.env.memory;
  const adapted = Object.setPrototypeOf({ add(a, b) { return exports.add(a, b) >>> 0; } }, exports);
  return adapted;
}
const { add, version } = await (async (url) => instantiate(await WebAssembly.compile(await (await fetch(url)).arrayBuffer())))('a.wasm');
add(version.value, 1);`;

test('wasm-bindgen', () => {
  assert.deepEqual(ask(`${BINDGEN}\nawait __wbg_init('x'); answer(1);`), { names: BINDGEN_NAMES });
  assert.deepEqual(ask(`${BINDGEN}\n__wbg_init('x').then(() => answer(1));`), { names: BINDGEN_NAMES });
  const { names } = ask(`${BINDGEN}\nconst out = await __wbg_init('x'); out.extra(); initSync(x)['more']();`);
  assert.deepEqual(names, [...BINDGEN_NAMES, 'extra', 'more'].sort());
});

test('AssemblyScript', () => assert.deepEqual(ask(ASSEMBLYSCRIPT), { names: ['add', 'memory', 'version'] }));

const LOADERS = {
  'then and destructuring': ["WebAssembly.instantiateStreaming(fetch('a'), {}).then(({ instance: { exports: { run, memory: m } } }) => run(m));", ['memory', 'run']],
  'then twice': ["WebAssembly.instantiate(b).then((r) => r.instance).then((i) => i.exports.run());", ['run']],
  'an instance': ['const { exports: e } = new WebAssembly.Instance(m); e.a(); if ("b" in e) e["c"]();', ['a', 'b', 'c']],
  'a function that gets it': ['function use(e, n) { return e.a(n); } const f = (x) => use(x, 1); f(new WebAssembly.Instance(m).exports);', ['a']],
  'a condition': ['let e; e = ok ? new WebAssembly.Instance(m).exports : null; e && e.a(); e?.b();', ['a', 'b']],
  'another name for a function': ['const f = () => new WebAssembly.Instance(m).exports; const g = f; g().a();', ['a']],
  'nothing': ['WebAssembly.instantiate(b);', []],
};
for (const [name, [code, names]] of Object.entries(LOADERS)) test(name, () => assert.deepEqual(ask(code), { names }));

const INSTANCE = 'const e = new WebAssembly.Instance(m).exports;';
const PREVENTED = {
  'a computed property': `${INSTANCE} e[name]();`,
  'a computed key of a pattern': `${INSTANCE} const { [k]: f } = e;`,
  'the rest': `${INSTANCE} const { a, ...rest } = e;`,
  'Object.keys': `${INSTANCE} Object.keys(e);`,
  'a spread': `${INSTANCE} const all = { ...e };`,
  'a loop over it': `${INSTANCE} for (const k in e) k;`,
  'another object': `${INSTANCE} state.wasm = e;`,
  'a literal': `${INSTANCE} const o = { e };`,
  'an array': `${INSTANCE} const o = [e];`,
  'a global': 'wasm = new WebAssembly.Instance(m).exports;',
  'an unknown function': `${INSTANCE} register(e);`,
  'an import of another module': `${INSTANCE} WebAssembly.instantiate(b, { env: e });`,
  'an export': `${INSTANCE} export { e };`,
  'an exported variable': 'export const e = new WebAssembly.Instance(m).exports;',
  'the default export': 'export default new WebAssembly.Instance(m).exports;',
  'an exported function': 'export function f() { return new WebAssembly.Instance(m).exports; }',
  'an exported arrow': 'export const f = () => new WebAssembly.Instance(m).exports;',
  'a function that is handed on': 'function f() { return new WebAssembly.Instance(m).exports; } g(f);',
  'a function that is called in another way': 'function f() { return new WebAssembly.Instance(m).exports; } f.call(null);',
  'a named function expression': 'const f = function g() { h(g); return new WebAssembly.Instance(m).exports; };',
  'an exported name for a function': 'const f = () => new WebAssembly.Instance(m).exports; export const g = f;',
  'a method': 'const o = { f() { return new WebAssembly.Instance(m).exports; } };',
  'a generator': 'function* f() { return new WebAssembly.Instance(m).exports; }',
  arguments: `${INSTANCE} function f(x) { return arguments[0]; } f(e);`,
  'rest arguments': `${INSTANCE} function f(...x) { return x; } f(e);`,
  'a function that is replaced': `${INSTANCE} let f = (x) => x.a(); f = other; f(e);`,
  'a handler that is not known': 'WebAssembly.instantiate(b).then(use);',
  'WebAssembly in a variable': 'const W = WebAssembly; W.instantiate(b);',
  'WebAssembly of an object': 'globalThis.WebAssembly.instantiate(b);',
  'instantiate in a variable': 'const { instantiate } = WebAssembly; instantiate(b);',
  'instantiate bound': 'WebAssembly.instantiate.bind(WebAssembly)(b);',
  eval: `${INSTANCE} eval(text);`,
  'no JavaScript': 'WebAssembly.instantiate(',
  'the whole result': 'postMessage(await WebAssembly.instantiate(b));',
  'emscripten, which offers it to a callback': 'var wasmExports; function receive(i) { wasmExports = i.exports; return wasmExports; } '
    + 'if (Module["instantiateWasm"]) new Promise((resolve) => { Module["instantiateWasm"]({}, (i) => { resolve(receive(i)); }); }); '
    + 'WebAssembly.instantiate(b).then((r) => receive(r.instance));',
};
for (const [name, code] of Object.entries(PREVENTED))
  test(`prevented by ${name}`, () => {
    const { names, prevented } = ask(code);
    assert.equal(names, undefined, `found ${names}`);
    assert.ok(prevented.length > 10);
  });

test('pages and bundles without WebAssembly', () => {
  assert.ok(ask('run();').prevented);
  assert.ok(ask('<script>WebAssembly.instantiate(b)</script>', 'index.html').prevented);
});

test('several files: what any of them touches', () => {
  const files = ['a', 'b'].map((name) => ({ name: `${name}.js`, code: `new WebAssembly.Instance(m).exports.${name}();` }));
  assert.deepEqual(usedExports(files), { names: ['a', 'b'] });
});

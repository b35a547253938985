// Runs spec scripts in this process and prints what each command gave, for run.mjs to compare.
// Arguments: SUITE OPTIMIZED|- SCRIPT...   A script's module is taken from OPTIMIZED where it exists.
// Lines out: "B script" before a script, "R script JSON" after it; JSON is [[index, status, detail]...]
// with status p(assed), f(ailed) or s(kipped).

import fs from 'node:fs';
import path from 'node:path';
import { parse } from '../../verify/wasm.mjs';
import { adaptExports, adaptGlobals } from '../../verify/shim.mjs';
import { argument, matches, show } from './values.mjs';

const [suite, optimized, ...scripts] = process.argv.slice(2);
const say = line => fs.writeSync(1, `${line}\n`);

// Trap texts of the scripts (by their beginning) and what V8 says.
const TRAPS = [
  ['out of bounds memory access', /memory access out of bounds|data segment .*out of bounds|memory out of bounds/],
  ['out of bounds table access', /table (index|access).*out of bounds|element segment|table index/],
  ['out of bounds array access', /array.*out of bounds|element segment|data segment|memory access out of bounds/],
  ['uninitialized element', /null function|signature mismatch|dereferencing a null/],
  ['undefined element', /table index is out of bounds|table access/],
  ['indirect call type mismatch', /signature mismatch|null function/],
  ['integer divide by zero', /divide by zero|remainder by zero/],
  ['integer overflow', /divide result unrepresentable|float unrepresentable/],
  ['invalid conversion to integer', /float unrepresentable/],
  ['unreachable', /unreachable/],
  ['unaligned atomic', /unaligned/],
  ['cast failure', /illegal cast/],
  ['descriptor cast failure', /illegal cast/],
  ['null ', /null/],
];

function trapMatches(text, message) {
  const rule = TRAPS.find(([start]) => text.startsWith(start));
  return rule ? rule[1].test(message) : false;
}

function makeSpectest() {
  const global = (value, v) => new WebAssembly.Global({ value, mutable: false }, v);
  const print = () => {};
  const spectest = {
    global_i32: global('i32', 666), global_i64: global('i64', 666n),
    global_f32: global('f32', 666.6), global_f64: global('f64', 666.6),
    table: new WebAssembly.Table({ initial: 10, maximum: 20, element: 'anyfunc' }),
    table64: new WebAssembly.Table({ initial: 10n, maximum: 20n, element: 'anyfunc', address: 'i64' }),
    memory: new WebAssembly.Memory({ initial: 1, maximum: 2 }),
    shared_memory: new WebAssembly.Memory({ initial: 1, maximum: 2, shared: true }),
  };
  for (const types of ['', '_i32', '_i64', '_f32', '_f64', '_i32_f32', '_f64_f64']) spectest[`print${types}`] = print;
  return spectest;
}

/** A module file of the script: its bytes, and whether imports were dropped on the way. */
class Loader {
  constructor(folder) { this.folder = folder; }
  bytes(filename) {
    if (optimized !== '-') {
      const file = path.join(optimized, this.folder, filename);
      if (fs.existsSync(file)) return fs.readFileSync(file);
    }
    return this.original(filename);
  }
  original(filename) { return fs.readFileSync(path.join(suite, this.folder, filename)); }
  droppedImports(filename) {
    return parse(this.bytes(filename)).imports.length < parse(this.original(filename)).imports.length;
  }
}

/** An instance with bit-exact callables, made when first asked for. */
class Instance {
  constructor(bytes, imports) {
    this.bytes = bytes;
    this.instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), imports);
    this.exports = this.instance.exports;
  }
  prepare() {
    const m = parse(this.bytes), of = kind => m.exports.filter(e => e.kind === kind);
    const funcs = of('func'), globals = of('global');
    const calls = adaptExports(m, funcs.map(e => m.funcs[e.index].type), funcs.map(e => this.exports[e.name]));
    const gets = adaptGlobals(m, globals.map(e => e.index), globals.map(e => this.exports[e.name]));
    this.invoke = new Map(funcs.map((e, i) => [e.name, calls[i]]));
    this.get = new Map(globals.map((e, i) => [e.name, gets[i]]));
  }
  act(action) {
    if (!this.invoke) this.prepare();
    const found = (action.type === 'invoke' ? this.invoke : this.get).get(action.field);
    if (!found) throw new Error(`no export ${action.field}`);
    if (action.type === 'get') return [found()];
    return found(action.args.map(argument));
  }
}

const expectThrow = (run, test) => {
  let result;
  try { result = run(); } catch (error) {
    return test(error) ? null : `wrong error: ${error}`;
  }
  return `no error, gave ${Array.isArray(result) ? result.map(show) : 'an instance'}`;
};
const isLinkError = error => error instanceof WebAssembly.LinkError || error instanceof TypeError;
const isTrap = text => error => error instanceof WebAssembly.RuntimeError && trapMatches(text, error.message);

class Skip extends Error {}

class Script {
  constructor(name) {
    this.loader = new Loader(path.dirname(name));
    this.registry = { spectest: makeSpectest() };
    this.named = new Map();
    this.definitions = new Map();
  }
  instantiate(bytes) { return new Instance(bytes, this.registry); }
  setCurrent(name, make) {
    this.current = undefined;   // what follows a failed module must not run on its predecessor
    if (name) this.named.delete(name);
    this.current = make();
    if (name) this.named.set(name, this.current);
  }
  target(name) {
    const found = name ? this.named.get(name) : this.current;
    if (!found) throw new Error('the module was not instantiated');
    return found;
  }
  act(action) { return this.target(action.module).act(action); }

  /** Runs a command: null if it holds, else what is wrong. */
  run(c) {
    switch (c.type) {
      case 'module': this.setCurrent(c.name, () => this.instantiate(this.loader.bytes(c.filename))); return null;
      case 'module_definition': return this.define(c);
      case 'module_instance':
        this.setCurrent(c.instance, () => this.instantiate(this.definitions.get(c.module)));
        return null;
      case 'register': this.registry[c.as] = this.target(c.name).exports; return null;
      case 'action': this.act(c.action); return null;
      case 'assert_return': return this.assertReturn(c);
      case 'assert_trap': return expectThrow(() => this.act(c.action), isTrap(c.text));
      case 'assert_exhaustion': return expectThrow(() => this.act(c.action), e => e instanceof RangeError);
      case 'assert_exception': return expectThrow(() => this.act(c.action), e => e instanceof WebAssembly.Exception);
      case 'assert_uninstantiable':
        return expectThrow(() => this.instantiate(this.loader.bytes(c.filename)), isTrap(c.text));
      case 'assert_unlinkable': return this.assertUnlinkable(c);
      default: return this.assertRefused(c);
    }
  }
  define(c) {
    const bytes = this.loader.bytes(c.filename);
    new WebAssembly.Module(bytes);
    for (const name of [c.name, undefined]) this.definitions.set(name, bytes);
    return null;
  }
  assertReturn(c) {
    const got = this.act(c.action);
    if (got.length !== c.expected.length) return `${got.length} results, want ${c.expected.length}`;
    const bad = got.findIndex((value, i) => !matches(c.expected[i], value));
    return bad < 0 ? null : `got ${show(got[bad])}, want ${JSON.stringify(c.expected[bad])}`;
  }
  assertUnlinkable(c) {
    if (optimized !== '-' && this.loader.droppedImports(c.filename)) throw new Skip('unused imports were dropped, so it may link');
    return expectThrow(() => this.instantiate(this.loader.bytes(c.filename)), isLinkError);
  }
  assertRefused(c) {
    if (c.type.endsWith('_custom')) throw new Skip('custom sections: an engine ignores them');
    if (!c.filename) throw new Skip('text format only');
    if (optimized !== '-') throw new Skip('refused modules have no optimized form');
    return WebAssembly.validate(this.loader.original(c.filename)) ? 'accepted' : null;
  }
}

function runScript(name) {
  const script = new Script(name), out = [];
  const { commands } = JSON.parse(fs.readFileSync(path.join(suite, name)));
  commands.forEach((command, i) => {
    let status = 'p', detail = '';
    try {
      const wrong = script.run(command);
      if (wrong) [status, detail] = ['f', wrong];
    } catch (error) {
      [status, detail] = [error instanceof Skip ? 's' : 'f', error instanceof Skip ? error.message : `${error}`];
    }
    out.push([i, status, detail, command.type, command.line]);
  });
  return out;
}

for (const name of scripts) {
  say(`B ${name}`);
  say(`R ${name} ${JSON.stringify(runScript(name))}`);
}

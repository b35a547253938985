// Reads the counters of modules made by `wring profile`; written out by `wring profile --reader`.
//
// Node:     WRING_PROFILE=app.profile node --import ./reader.mjs program.mjs
// A page:   <script type="module" src="reader.mjs"></script> before the module is instantiated; then wringProfile() gives
//           the text
// By hand:  import { profileText } from '../report/reader.mjs'; profileText([instance])
//
// Components are read as their transpiled modules run (jco).
//
// It takes the place of WebAssembly.instantiate and its kin to see the instances; that is all it changes. Counts of
// several instances are added. A worker thread writes to a file of its own, FILE.2 and so on; profiles can be joined
// with cat.

const MODULE = /^wring module (\S+)$/;
const COUNTER = /^wring count (\d+) (.*)$/s;

/** The counters of an instance: [index, name, global]. */
const countersOf = ({ exports }) => Object.entries(exports).flatMap(([key, global]) => {
  const match = global instanceof WebAssembly.Global && COUNTER.exec(key);
  return match ? [[Number(match[1]), match[2], global]] : [];
});

/** Which module an instance is of. */
const moduleOf = ({ exports }) => Object.keys(exports).flatMap(key => MODULE.exec(key)?.[1] ?? []);

/** The profile of a component, as its counters' module writes it. */
function componentText({ exports }) {
  const at = exports['wring profile']?.();
  if (at === undefined) return '';
  const view = new DataView(exports.memory.buffer);
  return new TextDecoder().decode(new Uint8Array(view.buffer, view.getUint32(at, true), view.getUint32(at + 4, true)));
}

/** The profile of these instances as text. */
export function profileText(instances) {
  return modulesText(instances.filter(instance => countersOf(instance).length)) + instances.map(componentText).join('');
}

function modulesText(instances) {
  if (!instances.length) return '';
  const rows = new Map();
  for (const [index, name, global] of instances.flatMap(countersOf)) {
    const count = BigInt.asUintN(64, global.value), key = `${index}\t${name}`;
    rows.set(key, { index, count: (rows.get(key)?.count ?? 0n) + count });
  }
  const lines = [...rows].sort((a, b) => a[1].index - b[1].index).map(([key, { count }]) => `${count}\t${key}\n`);
  const modules = [...new Set(instances.flatMap(moduleOf))].map(identity => `# module ${identity}\n`);
  return `# wring profile 1\n${modules.join('')}${lines.join('')}`;
}

const seen = [];
const watch = (instance) => {
  if (countersOf(instance).length || instance.exports['wring profile']) seen.push(instance);
  return instance;
};

const { Instance, instantiate, instantiateStreaming } = WebAssembly;
const watchResult = (result) => (watch(result.instance ?? result), result);
WebAssembly.Instance = new Proxy(Instance, { construct: (target, args, as) => watch(Reflect.construct(target, args, as)) });
WebAssembly.instantiate = (...args) => instantiate(...args).then(watchResult);
if (instantiateStreaming) WebAssembly.instantiateStreaming = (...args) => instantiateStreaming(...args).then(watchResult);
globalThis.wringProfile = () => profileText(seen);

if (typeof process === 'object' && process.versions?.node) {
  const { writeFileSync } = await import('node:fs');
  const { isMainThread, threadId } = await import('node:worker_threads');
  const file = (process.env.WRING_PROFILE || 'wring.profile') + (isMainThread ? '' : `.${threadId + 1}`);
  process.on('exit', () => seen.length && writeFileSync(file, profileText(seen)));
}

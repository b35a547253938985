// QuickJS: JavaScript benchmarks of different kinds, run by the interpreter.
import { workload } from '../lib/workload.mjs';
import { requireImport } from '../lib/corpus.mjs';

const programs = {
  richards: `
    class Task { constructor(id, pri, next) { this.id = id; this.pri = pri; this.next = next; this.queue = []; this.runs = 0; }
      step(all) { this.runs++; const m = this.queue.shift(); if (m) all[(this.id * 7 + m) % all.length].queue.push((m * 31 + this.id) % 97); } }
    let list = null; const all = [];
    for (let i = 0; i < 20; i++) { list = new Task(i, i % 5, list); list.queue.push(i + 1); all.push(list); }
    for (let round = 0; round < 400; round++) for (let t = list; t; t = t.next) t.step(all);
    all.map(t => t.runs + ':' + t.queue.length).join()`,
  nbody: `
    const b = [[0,0,0,0,0,0,39.47],[4.84,-1.16,-.10,.606,2.81,-.02,.037],[8.34,4.12,-.4,-1.01,1.82,.008,.011],[12.89,-15.11,-.22,1.08,.868,-.01,.0017]];
    const dt = .01;
    for (let s = 0; s < 1500; s++) {
      for (let i = 0; i < b.length; i++) for (let j = i + 1; j < b.length; j++) {
        const p = b[i], q = b[j], x = p[0]-q[0], y = p[1]-q[1], z = p[2]-q[2], d = x*x+y*y+z*z, m = dt / (d * Math.sqrt(d));
        p[3] -= x*q[6]*m; p[4] -= y*q[6]*m; p[5] -= z*q[6]*m; q[3] += x*p[6]*m; q[4] += y*p[6]*m; q[5] += z*p[6]*m; }
      for (const p of b) { p[0] += dt*p[3]; p[1] += dt*p[4]; p[2] += dt*p[5]; } }
    JSON.stringify(b)`,
  strings: `
    const words = []; let x = 12345;
    for (let i = 0; i < 3000; i++) { x = (x * 1103515245 + 12345) & 0x7fffffff; words.push('w' + (x % 500).toString(36)); }
    const text = words.join(' '); const count = {};
    for (const w of text.split(/\\s+/)) count[w] = (count[w] ?? 0) + 1;
    const t2 = text.replace(/w([a-z])(\\w?)/g, (m, a, b) => b + a.toUpperCase()).padEnd(20000, '\\u00e9\\u4e2d');
    Object.entries(count).sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, 20).join() + t2.length + encodeURIComponent(t2.slice(-9)) + t2.normalize('NFD').length`,
  json: `
    const make = (d) => d ? { a: [1, 2.5, -3e-7, null], s: 'q\\"\\n' + d, o: make(d - 1), p: make(d - 1) } : true;
    let t = JSON.stringify(make(9)); const u = JSON.parse(t, (k, v) => typeof v === 'number' ? v * 2 : v); JSON.stringify(u).length + ':' + t.length`,
  bigint: `let a = 1n, b = 0n; for (let i = 0; i < 900; i++) { [a, b] = [a + b * 3n, a]; } (a ** 3n % (2n ** 521n - 1n)).toString(16) + BigInt.asIntN(64, a)`,
  collections: `
    const m = new Map(), s = new Set(), w = new WeakMap();
    for (let i = 0; i < 12000; i++) { m.set(i * 7919 % 10007, i); s.add('k' + i % 777); if (i % 50 === 0) w.set({}, i); }
    for (let i = 0; i < 5000; i++) m.delete(i);
    [...m].reduce((p, [k, v]) => (p * 31 + k * v) % 1000003, 7) + ':' + s.size`,
  typed: `
    const f = new Float64Array(4096), u = new Uint8ClampedArray(f.buffer, 0, 2048), v = new DataView(f.buffer);
    for (let r = 0; r < 12; r++) for (let i = 0; i < f.length; i++) { f[i] = Math.sin(i * .1 + r) * 1e3; if (i < u.length) u[i] += i * .3; }
    for (let i = 0; i < 4000; i += 4) v.setInt32(i, v.getInt32(i, true) ^ i);
    let h = 0; for (const x of new Int32Array(f.buffer)) h = (Math.imul(h, 31) + x) | 0; h + ':' + f.toSorted?.()[7]`,
  generators: `
    function* primes(n) { const c = []; for (let i = 2; c.length < n; i++) if (c.every(p => i % p)) { c.push(i); yield i; } }
    class Stack extends Array { #peak = 0; push(...x) { super.push(...x); this.#peak = Math.max(this.#peak, this.length); return this; } get peak() { return this.#peak; } }
    const st = new Stack; for (const p of primes(250)) st.push(p); const proxy = new Proxy({}, { get: (t, k) => k + '!' });
    st.peak + ':' + st.at(-1) + proxy.hi + [..."a\\u{1F600}b"].length`,
  sort: `let s = 99; const a = Array.from({ length: 6000 }, () => (s = (s * 16807) % 2147483647)); a.sort((x, y) => x - y); const d = a.map(x => new Date(x * 1000)); d[5].toISOString() + d[4000].getUTCDay() + a[3000] + [3, 1, 2].toString()`,
  exceptions: `
    let n = 0; for (let i = 0; i < 4000; i++) { try { if (i % 3) throw new RangeError('e' + i); n++; } catch ({ message }) { n += message.length; } finally { n ^= 1; } }
    const deep = (d) => { if (!d) throw new TypeError('deep'); try { return deep(d - 1); } finally { n += d; } };
    try { deep(150); } catch (e) { n += e.stack.split('\\n').length; } n + ':' + [1, [2, [3]]].flat(9)`,
  regexp: `
    const t = 'foo=1; bar="two words"; baz=3.14e-2 # note\\n'.repeat(150); let out = 0;
    for (const m of t.matchAll(/(?<key>\\w+)=(?:"([^"]*)"|(-?\\d+(?:\\.\\d+)?(?:e-?\\d+)?))/g)) out += m.groups.key.length + (m[2] ?? m[3]).length + m.index % 7;
    out + ':' + /^(?:a|aa|b(?=c))+$/u.test('aaaaaaaaaaabc') + t.search(/(?<=#) note/)`,
};

await workload('quickjs', async ({ load, print, scale }) => {
  const { newQuickJSWASMModuleFromVariant } = requireImport('quickjs-emscripten-core');
  const { default: variant } = await load('dist/index.mjs');
  const emscriptenModule = (await load('dist/emscripten-module.mjs')).default;
  const QuickJS = await newQuickJSWASMModuleFromVariant({ ...variant, importModuleLoader: async () => emscriptenModule });
  return () => {
    for (let round = 0; round < Math.max(1, 6 * scale); round++) {
      for (const [name, source] of Object.entries(programs)) {
        const context = QuickJS.newContext();
        const result = context.evalCode(source);
        const value = context.dump(result.error ?? result.value);
        if (!round || result.error) print(name, result.error ? `${value.name}: ${value.message}` : String(value));
        result.dispose();
        context.dispose();
      }
    }
  };
});

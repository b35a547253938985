// Runs the module made from referred.wat, for profile.test.
import { readFileSync } from 'node:fs';
const env = { f: (n) => n + 1, start() {}, direct() {} };
const { instance } = await WebAssembly.instantiate(readFileSync(process.argv[2]), { env });
const { go, f, g, t } = instance.exports;
console.log(go(), f(2), g.value(3), t.get(0)(4), t.get(0) === f, g.value === f, f.length, f === instance.exports.f);

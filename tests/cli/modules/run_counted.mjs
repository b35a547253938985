// Runs the module made from counted.wat, for profile.test.
import { readFileSync } from 'node:fs';
const bytes = readFileSync(process.argv[2]), env = { tick() {}, by_table() {} };
const { instance } = await WebAssembly.instantiate(bytes, { env });
instance.exports.loop(6);
new WebAssembly.Instance(new WebAssembly.Module(bytes), { env }).exports.again(1000);
console.log('sum', instance.exports.sum.value);

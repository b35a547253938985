// circom: compiles circuits with templates, loops, comparators and a mixing of powers, to constraints, symbols and code.
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WASI } from 'node:wasi';
import { workload } from '../lib/workload.mjs';

const circuit = (n) => `pragma circom 2.0.0;
template Bits(n) { signal input in; signal output out[n]; var sum = 0; var e = 1;
  for (var i = 0; i < n; i++) { out[i] <-- (in >> i) & 1; out[i] * (out[i] - 1) === 0; sum += out[i] * e; e = e + e; } sum === in; }
template Less(n) { signal input a; signal input b; signal output out; component bits = Bits(n + 1); bits.in <== a + (1 << n) - b; out <== 1 - bits.out[n]; }
template Mix(k) { signal input x; signal output y; signal t[k + 1]; signal s[k]; t[0] <== x;
  for (var i = 0; i < k; i++) { s[i] <== (t[i] + i * 7 + ${n}) * (t[i] + i * 7 + ${n}); t[i + 1] <== s[i] * (t[i] + 3) + i; } y <== t[k]; }
template Main(n) { signal input in[n]; signal output out; component m[n]; component l[n - 1]; var sum = 0;
  for (var i = 0; i < n; i++) { m[i] = Mix(5 + i); m[i].x <== in[i]; sum += m[i].y; }
  for (var i = 0; i < n - 1; i++) { l[i] = Less(16); l[i].a <== in[i]; l[i].b <== in[i + 1]; l[i].out === 1; } out <== sum; }
component main {public [in]} = Main(${3 + n});
`;

await workload('circom2', async ({ bytes, print, scale }) => {
  const folder = mkdtempSync(join(tmpdir(), 'wring-circom-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const module = await WebAssembly.compile(bytes);
  return async () => {
    for (let n = 1; n <= Math.max(1, 4 * scale); n++) {
      writeFileSync(join(folder, 'main.circom'), circuit(n));
      const wasi = new WASI({ version: 'preview1', args: ['circom', 'main.circom', '--r1cs', '--sym', '--wasm', '--json'], preopens: { '.': folder }, returnOnExit: true });
      print(`${n} ends with ${wasi.start(await WebAssembly.instantiate(module, wasi.getImportObject()))}`);
    }
    for (const name of readdirSync(folder, { recursive: true }).sort()) if (statSync(join(folder, name)).isFile()) print(name, readFileSync(join(folder, name)));
  };
});

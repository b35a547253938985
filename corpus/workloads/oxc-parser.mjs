// Oxc's parser: JavaScript, TypeScript declarations and JSX to syntax trees and module records, and errors.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { importRoot } from '../lib/corpus.mjs';
import { workload } from '../lib/workload.mjs';

function sources(root, extension) {
  return readdirSync(root, { recursive: true }).sort().filter((name) => name.endsWith(extension)).map((name) => join(root, name));
}

const broken = ['let a = ;', 'a => {', 'export { x }; import', '"\\u{110000}"', 'let z; let z', 'for (;;', '/(/', 'class { #a; #a }', 'return 1', 'enum A { b = }', '<a><b></a>'];

await workload('oxc-parser', async ({ require: need, print, scale }) => {
  const { parseSync } = need('./parser.wasi.cjs');
  const rxjs = importRoot('rxjs');
  const files = [
    ...sources(join(importRoot('three'), 'build'), '.module.js').slice(0, 1),
    ...sources(join(rxjs, 'dist/esm/internal'), '.js'),
    ...sources(join(rxjs, 'dist/types'), '.d.ts'),
  ].map((path) => [path, readFileSync(path, 'utf8')]);
  const show = (label, { program, module, comments, errors }) => print(label, `${program}${JSON.stringify([module, comments, errors])}`);
  return () => {
    for (let round = 0; round < Math.max(1, scale); round++) {
      for (const [index, [path, text]] of files.entries()) {
        const tree = parseSync(path, text, { showSemanticErrors: true, range: index % 2 === 1 });
        if (!round && text.length > 4000) show(`${text.length}`, tree);
      }
    }
    for (const text of broken) show(text, parseSync('broken.tsx', text, { showSemanticErrors: true }));
    show('jsx', parseSync('a.jsx', 'const a = <b c="1">{...d}text</b>; async function* f({ g, ...h }) { for await (const i of j) yield* (i.k ??= 1n) }', { preserveParens: false }));
    show('ts', parseSync('a.ts', 'abstract class A<in T extends B[]> implements C { declare readonly #x?: typeof import("y"); @d m(this: A): asserts this is T {} } type U = keyof V extends `a${infer W}` ? W : never', { astType: 'ts' }));
  };
});

// esbuild: bundles and minifies TypeScript packages, transforms single files, and reports errors.
import { readdirSync, readFileSync, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { importRoot } from '../lib/corpus.mjs';
import { workload } from '../lib/workload.mjs';

// esbuild in the browser has no file system; this plugin is one.
function files(root) {
  const candidates = (path) => [path, `${path}.ts`, `${path}.tsx`, `${path}.js`, path.replace(/\.js$/, '.ts'), join(path, 'index.ts'), join(path, 'index.js')];
  return {
    name: 'files',
    setup(build) {
      build.onResolve({ filter: /^\.|^\// }, ({ path, importer, kind }) => {
        const from = kind === 'entry-point' ? root : dirname(importer);
        const found = candidates(join(from, path)).find((each) => /\.[jt]sx?$/.test(each) && existsSync(each));
        return found ? { path: found, namespace: 'disk' } : { external: true };
      });
      build.onResolve({ filter: /^[^./]/ }, () => ({ external: true }));
      build.onLoad({ filter: /.*/, namespace: 'disk' }, ({ path }) => ({ contents: readFileSync(path), loader: path.endsWith('.ts') ? 'ts' : 'js' }));
    },
  };
}

const snippets = [
  ['ts', 'enum E { A = 1, B = A << 2, C = "x".length } namespace N { export const q = E.B } abstract class P<T> { constructor(private readonly a: T, protected b?: number) {} @dec get x(): T { return this.a! } declare y: string }  export = N as unknown satisfies object'],
  ['tsx', 'const a = <T,>(p: { x?: T }) => <><Foo {...p} b="c" key={1}>hi {p.x} &amp;</Foo>{[1, 2].map(i => <i>{i}</i>)}</>; export default a'],
  ['js', 'export async function* f({ a, ...b } = {}, ...c) { for await (const x of c) yield* x?.y?.[b] ?? a ** 2n; using z = q(); label: for (;;) { if (a) continue label; break } } class K { static #p = 1; static { K.#p ||= 5 } get [`k${1}`]() { return #p in this } }'],
  ['css', '@import "x"; .a { color: rgb(255 0 0 / 50%); & .b { inset: 0 } } @media (width >= 3px) { .c:is(.d, .e) { background: URL( z.png ) } }'],
  ['json', '{ "a": [1, 2.50, null], "b c": true }'],
  ['js', 'let x = ; const y'], ['ts', 'class { foo(: string }'], ['js', 'import "a" with { type: 1 }'],
];

await workload('esbuild', async ({ bytes, require, print, scale }) => {
  globalThis.self = globalThis; // esbuild's browser build expects one
  const esbuild = require('./lib/browser.js');
  await esbuild.initialize({ wasmModule: new WebAssembly.Module(bytes), worker: false });
  const bundle = async (label, root, entry, options) => {
    const result = await esbuild.build({ entryPoints: [entry], bundle: true, write: false, outdir: '/out', logLevel: 'silent', plugins: [files(root)], ...options });
    for (const { path, text } of result.outputFiles) print(`${label} ${path}`, text);
    print('warnings', JSON.stringify(result.warnings.map(({ text, location }) => [text, location?.line])));
  };
  const three = readFileSync(join(importRoot('three'), 'build/three.core.js'), 'utf8');
  const transform = async (label, source, options) => {
    try {
      const { code, map, warnings } = await esbuild.transform(source, { logLevel: 'silent', ...options });
      print(label, [code, map, warnings.map(({ text }) => text).join()].join('\n'));
    } catch (error) {
      print(label, JSON.stringify(error.errors?.map(({ text, location }) => [text, location])) ?? error.message);
    }
  };
  return async () => {
    for (let round = 0; round < Math.max(1, scale); round++) {
      await bundle('rxjs', join(importRoot('rxjs'), 'src'), './index.ts', { minify: true, sourcemap: true, format: 'esm', metafile: true });
      await bundle('arrow', join(importRoot('apache-arrow'), 'src'), './Arrow.ts', { minifySyntax: true, format: 'iife', target: 'es2018', globalName: 'Arrow' });
      await transform('three', three, { minify: true, target: 'es2020' });
    }
    for (const [loader, source] of snippets) {
      for (const options of [{ minify: true }, { target: 'es2017', format: 'cjs', sourcemap: 'external' }]) await transform(`${loader}: ${source.slice(0, 20)}`, source, { loader, ...options });
    }
    print('messages', (await esbuild.formatMessages([{ text: 'so it is', location: { file: 'a.ts', line: 3, column: 2, length: 4, lineText: 'ab cdefg' } }], { kind: 'error' })).join(''));
  };
});

// pandoc: a document in Markdown to HTML, LaTeX, the AST as JSON, Org and back, and HTML to Markdown.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WASI } from 'node:wasi';
import { workload } from '../lib/workload.mjs';

const chapter = (n) => `
# Chapter ${n} {#c${n}}

Some *emphasis*, **strong _nested_** text, \`code ${n}\`, a [link](http://example.com/${n} "title"), a note[^${n}], $e^{i\\pi}+${n}=0$ and "quotes".

[^${n}]: The note, with a list:

    1. one
    2. two

| left | right | centre |
|:-----|------:|:------:|
| a${n} | ${n * 7} | *x* |
| b | 12.5 | \`y\` |

- item ${n}
    - [ ] nested
- other

Term
: definition ${n}

> quoted --- text...

\`\`\`haskell
main = print (foldr (+) ${n} [1..10])
\`\`\`
`;
const text = (n) => `---\ntitle: A document\nauthor: [A, B]\n---\n${Array.from({ length: n }, (_, i) => chapter(i + 1)).join('')}`;

await workload('pandoc', async ({ bytes, print, scale }) => {
  const folder = mkdtempSync(join(tmpdir(), 'wring-pandoc-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const args = ['pandoc.wasm', '+RTS', '-H64m', '-RTS'];
  const wasi = new WASI({ version: 'preview1', args, env: {}, preopens: { '/': folder } });
  const { instance } = await WebAssembly.instantiate(bytes, wasi.getImportObject());
  wasi.initialize({ exports: { ...instance.exports, _start: undefined } }); // it has both, and is meant as a library
  const e = instance.exports, view = () => new DataView(e.memory.buffer);
  const store = (string) => {
    const encoded = Buffer.from(`${string}\0`), at = e.malloc(encoded.length);
    new Uint8Array(e.memory.buffer).set(encoded, at);
    return [at, encoded.length - 1];
  };
  const words = (list) => {
    const at = e.malloc(4 * list.length);
    list.forEach((word, i) => view().setUint32(at + 4 * i, word, true));
    return at;
  };
  e.__wasm_call_ctors();
  e.hs_init_with_rtsopts(words([args.length]), words([words([...args.map((arg) => store(arg)[0]), 0])]));
  const convert = (input, options) => {
    for (const name of ['stdout', 'stderr', 'warnings']) writeFileSync(join(folder, name), '');
    writeFileSync(join(folder, 'stdin'), input);
    e.convert(...store(JSON.stringify(options)));
    const errors = readFileSync(join(folder, 'stderr'), 'utf8');
    return readFileSync(join(folder, 'stdout'), 'utf8') + errors;
  };
  return () => {
    const markdown = text(Math.max(1, 2 * scale));
    for (const to of ['html', 'latex', 'json', 'org', 'rst', 'docbook']) print(to, convert(markdown, { from: 'markdown', to, standalone: true }));
    const html = convert(markdown, { from: 'markdown', to: 'html', 'table-of-contents': true, standalone: true });
    print('back', convert(html, { from: 'html', to: 'markdown' }));
    print('unknown', convert('x', { from: 'nothing', to: 'html' }));
  };
});

// Lightning CSS: minifies, prefixes and analyzes style sheets; reports errors; CSS modules, visitors and bundling.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { importRoot } from '../lib/corpus.mjs';
import { workload } from '../lib/workload.mjs';

const modern = `
@layer base, theme; @import url("x.css") layer(base) supports(display: grid);
:root { --a: oklch(60% .2 120); --b: color-mix(in lch, red 30%, var(--a)); color-scheme: light dark }
.card { & > h2:is(.x, .y):not(:has(img)) { color: lab(50% 40 30); inset-inline: 1rem calc(2px + 3 * 1em - 4%); .z & { margin: 0px 0 0 0 } }
  @media (width >= 40em) and (400px < height <= 900px) { container: c / inline-size; gap: max(1px, min(2vw, 3rem)) } }
@container c (min-width: 30cqi) { .grid { grid-template: "a a" 40px "b c" 40px / 1fr 2fr; aspect-ratio: 16 / 9 } }
@supports (backdrop-filter: blur(1px)) { .blur { backdrop-filter: blur(2px) brightness(80%); mask: url(m.svg) center / cover no-repeat } }
@keyframes spin { from { transform: rotate(0turn) translate3d(0, 10px, 0) } 50% { opacity: 50% } to { transform: rotate(360deg) scale(1, 1) } }
@font-face { font-family: "A B"; src: url(a.woff2) format("woff2"), local(B); unicode-range: U+0025-00FF, u+4?? }
@property --p { syntax: "<length> | auto"; inherits: false; initial-value: 1px }
a { transition: color 100ms ease-in-out 0s, width 1s cubic-bezier(.25,.1,.25,1); background: linear-gradient(to right, rgba(255,0,0,.5) 0%, hsl(120deg 50% 50%) 50.0%, #00f 100%), url("data:x") fixed; font: italic bold 12px/1.50 "Foo", sans-serif }
@page :first { margin: 1in; size: A4 landscape } @namespace svg url(http://www.w3.org/2000/svg); svg|a { clip-path: polygon(0 0, 100% 0, 50% 100%) }`;

const broken = ['a { color: }', '@media (width >) { a { b: c } }', 'a { color: red; } }', '.a:not( { }', '@import', 'a::-x(1 { }'];

await workload('lightningcss', async ({ load, print, scale }) => {
  const css = await load('wasm-node.mjs');
  const folder = join(importRoot('bootstrap'), 'dist/css');
  const targets = { chrome: 80 << 16, safari: (13 << 16) | (1 << 8), firefox: 78 << 16 };
  const sheets = ['bootstrap.css', 'bootstrap-utilities.css', 'bootstrap.rtl.css'].map((name) => [name, readFileSync(join(folder, name))]);
  sheets.push(['modern.css', Buffer.from(modern)]);
  const transform = (filename, code, options) => {
    const result = css.transform({ filename, code, errorRecovery: true, ...options });
    return [Buffer.from(result.code).toString(), result.map && Buffer.from(result.map).toString(), result.exports, result.references, result.dependencies, result.warnings];
  };
  return () => {
    for (let round = 0; round < Math.max(1, scale); round++) {
      for (const [name, code] of sheets) {
        print(`${name} minified`, transform(name, code, { minify: true, targets, sourceMap: true }));
        print(`${name} printed`, transform(name, code, { targets: { chrome: 120 << 16 }, analyzeDependencies: true }));
        print(`${name} modules`, transform(name, code, { cssModules: true, minify: true, drafts: { customMedia: true } }));
      }
    }
    print('visited', transform('modern.css', sheets.at(-1)[1], { visitor: {
      Length: (length) => ({ unit: 'px', value: length.unit === 'px' ? length.value * 2 : 7 }),
      Color: (color) => (color.type === 'rgb' ? { ...color, r: color.g, g: color.r } : undefined),
      Rule: { media: (rule) => rule.value.rules },
    } }));
    print('attribute', Buffer.from(css.transformStyleAttribute({ code: Buffer.from('color: yellow; flex: 1 1 0%; margin: 1px 1px'), minify: true, targets }).code).toString());
    for (const code of broken) {
      try {
        print(code, Buffer.from(css.transform({ filename: 'bad.css', code: Buffer.from(code) }).code).toString());
      } catch (error) {
        print(code, `${error.message} ${JSON.stringify(error.loc ?? null)}`);
      }
    }
  };
});

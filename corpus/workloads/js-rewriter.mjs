// Datadog's rewriter of JavaScript (swc): instruments string operations in generated sources, with source maps.
import { workload } from '../lib/workload.mjs';

const source = (n) => `'use strict'
const a = require('a${n}'), { b, c: [d] } = x
function f (p, ...q) { return p + q.map(r => r.trim().concat('${n}', p)).join('-').replace(/x+/g, (m) => m + 1) }
class A extends B { static #z = ${n}; get y () { return \`t\${this.#z}\${f(1)}\` } async * g () { for await (const i of this) yield i += 'u' } }
label: for (let i = 0; i < ${n}; i++) { switch (i % 3) { case 0: continue label; default: a.b?.c?.(i ?? ''.slice(1)) } }
try { eval('1+' + d) } catch { throw new Error('e' + b.toString()) } finally { delete x.y }
module.exports = { f, A, ['k' + 1]: (s) => s.toUpperCase().substring(1, 2) + s }
`;

const csiMethods = [['plusOperator', true], ['tplOperator', true], ['trim'], ['concat'], ['replace'], ['slice'], ['substring'], ['toUpperCase', false], ['join'], ['eval', true]]
  .map(([src, operator]) => ({ src, ...(src === 'eval' ? { allowedWithoutCallee: true } : operator ? { operator: true } : {}) }));

await workload('js-rewriter', async ({ require: need, print, scale }) => {
  const { Rewriter } = need('./wasm/wasm_js_rewriter.js');
  const rewriter = new Rewriter({ csiMethods, chainSourceMap: false, comments: true, localVarPrefix: 'v', telemetryVerbosity: 'DEBUG', literals: true });
  return () => {
    for (let i = 0; i < Math.max(1, 8 * scale); i++) {
      const { content, metrics, literalsResult } = rewriter.rewrite(source(i).repeat(1 + (i % 4)).replaceAll(/^(const a|module|class A)/gm, (m) => m.replace('const', 'var').replace('class A', `let A${i % 7} = class`)), `/tmp/f${i}.js`, ['iast', 'error_tracking']);
      print(`${i} ${metrics?.status}`, `${content}${JSON.stringify(literalsResult ?? '')}`);
    }
  };
});

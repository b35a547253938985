// Biome: formats, lints, fixes and parses JavaScript, TypeScript, CSS, JSON and GraphQL of pinned packages.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { importRoot } from '../lib/corpus.mjs';
import { workload } from '../lib/workload.mjs';

const snippets = {
  'a.tsx': 'import {b,a} from "x"; export const C = <T extends object>({a, ...r}: P<T>) => { useEffect(()=>{ for (var i=0;i<3;i++) { if (a == null) debugger; eval("x") } }, []); return <div dangerouslySetInnerHTML={{__html:a}} {...r}><img src={`x${i}`}/>{a && <B key={i}/>}</div> }',
  'b.ts': 'enum E{A="a",B=1<<2} abstract class K<in out T> extends (class{}) implements I { constructor(private x?:number, ...y:any[]){super()} static { this.#p ??= 2n } get #p(){return 1} @d() async *m(this:K<T>){ yield* [...x as const satisfies unknown[]] } } declare module "m" { let z: typeof import("q").r; type U = `a${string}` extends infer X ? X[] : never }',
  'c.js': 'label: for (;;) { if (a) { continue label } else { var b = new Array(1,2); delete b[0]; b = b } switch(c){case 1: d();case 2: let e; default: throw "x"} } with_(x)||y&&z??w; async()=>{await Promise.all(q.map(async r=>{try{s()}catch(e){throw e}finally{}}))}',
  'd.css': '@charset "utf-8";.a,.b>c{color:#FFFFFF;COLOR:red;margin:0 0 0 0;&:hover{x:y}}@media (min-width:3px){@supports (a:b){.d::before{content:"\\201C"}}}@unknown;.a{font-family:"A","A";width:calc(1px+2px)}',
  'e.json': '{"a":[1,2.50,{"b":null,"a":1}],"a":true}',
  'f.graphql': 'query Q($a:Int=1){b(c:{d:[1,2]})@include(if:$a){...F}} fragment F on T{g} type T implements I&J{h(i:String!="x"):[U!]! @deprecated}',
  'g.ts': 'function f( { let x = ;', 'h.js': 'if (a) { } } class',
};

await workload('biome', async ({ require, print, scale }) => {
  const { Workspace } = require('./biome_wasm.js');
  const workspace = new Workspace();
  const { projectKey } = workspace.openProject({ path: '/project', openUninitialized: true });
  workspace.updateSettings({ projectKey, configuration: { linter: { enabled: true, rules: { preset: 'recommended' } }, formatter: { lineWidth: 90 }, javascript: { formatter: { quoteStyle: 'single' } } }, workspaceDirectory: '/project' });
  const package_ = (name, file) => readFileSync(join(importRoot(name), file), 'utf8');
  const files = {
    ...snippets,
    'math.js': package_('three', 'src/math/Matrix4.js'),
    'observable.ts': package_('rxjs', 'src/internal/Observable.ts'), 'vector.ts': package_('apache-arrow', 'src/vector.ts'),
    'reboot.css': package_('bootstrap', 'dist/css/bootstrap-reboot.css'), 'package.json': package_('rxjs', 'package.json'),
  };
  const attempt = (label, act) => {
    try {
      print(label, JSON.stringify(act()));
    } catch (error) {
      print(label, String(error.message ?? error).split('\n')[0]);
    }
  };
  return () => {
    for (let round = 0; round < Math.max(1, scale); round++) {
      for (const [name, content] of Object.entries(files)) {
        const target = { projectKey, path: `/project/${name}` };
        attempt(`open ${name}`, () => workspace.openFile({ ...target, content: { type: 'fromClient', content, version: round } }));
        attempt('format', () => workspace.formatFile(target));
        attempt('diagnose', () => workspace.pullDiagnostics({ ...target, categories: ['syntax', 'lint', 'action'], only: [], skip: [], pullCodeActions: false }));
        attempt('fix', () => workspace.fixFile({ ...target, fixFileMode: 'safeAndUnsafeFixes', shouldFormat: true, only: [], skip: [], enabledRules: [], ruleCategories: ['syntax', 'lint', 'action'] }));
        if (content.length < 2000) attempt('tree', () => workspace.getSyntaxTree(target));
        attempt('ir', () => workspace.getFormatterIr(target));
        attempt('close', () => workspace.closeFile(target));
      }
    }
  };
});

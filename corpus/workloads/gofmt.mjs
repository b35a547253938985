// gofmt, compiled by TinyGo: formats generated Go in bad shape, and reports syntax errors.
import { random, vocabulary } from '../lib/inputs.mjs';
import { workload } from '../lib/workload.mjs';

const errors = ['package', 'package p\nfunc (', 'package p\nvar x = {1}', 'package p\nfunc f() { if x := 1 { } else }', 'package p\nimport "a\n'];

function program(next, words, functions) {
  const w = () => words[next() % words.length];
  const gap = () => ' '.repeat(next() % 4);
  const value = () => [`${next() % 999}`, `"${w()}"`, `0x${(next() % 4096).toString(16)}`, `${w()}(${w()},${gap()}1)`, `[]int{1,${gap()}2,3}`, `map[string]T{"a":{X:1,Y:  2},"bbbb":{}}`, `func(a,b int)(c string){return ""}`, `<-${w()}`, `&${w()}.${w()}[1:2 : 3]`, `${w()}.(type)`.replace('.(type)', '.(int)')][next() % 10];
  const statements = [
    () => `${w()},${w()}:=${value()},${value()}`, () => `if ${w()}${gap()}:=${w()}();${gap()}${w()}>1&&!${w()}{\n${w()}++}else if ${w()} {return nil,1}else{\n\n\ngo ${w()}()}`, () => `for i:=0;i<10;i++{${w()}+=i*2+ 3; // note ${w()}\n}`,
    () => `switch ${gap()}x:=${w()}.(type){case int,string:${w()}()\ndefault:panic(x)}`, () => `select{case v,ok:=<-${w()}:_=v;_=ok\ncase ${w()}<-1:\n}`, () => `defer func(){ recover() }()`, () => `for k,v:=range ${w()}{ if k==v{continue};break }`,
    () => `var (a${gap()}int=1\nlonger,b string\n/* block */c=${value()})`, () => `${w()}:for{goto ${w()}}`, () => `const (${w()}=iota; ${w()}\n${w()}=1<<iota)`,
  ];
  const body = () => Array.from({ length: 6 + (next() % 6) }, () => `${gap()}${statements[next() % statements.length]()}`).join(next() % 3 ? '\n' : '\n\n\n');
  const parts = ['package   main', 'import(\n"os"\n  f "fmt"\n\n"bytes"\n_ "x/y")', `type(T struct{X,Y int \`json:"x"\`;${gap()}*bytes.Buffer // embedded\nLonger   map[string][]chan<- int}\nI interface{~int|~string;M(a int,b ...string)(int,error)})`];
  for (let i = 0; i < functions; i++) parts.push(`// ${w()} does ${w()}.\nfunc${gap() || ' '}${i % 2 ? `(r *T) ${w()}${i}` : `${w()}${i}[K comparable,V any]`}(a,b K,c map[K]V)(x V,err error){\n${body()}\n}`);
  return parts.join('\n\n');
}

await workload('gofmt', async ({ load, print, scale }) => {
  const { format } = await load('gofmt_node.js');
  const words = vocabulary(200, 91).filter((word) => !/^(var|in|or|go|if)$/.test(word)).map((word) => `${word}x`);
  const next = random(92);
  return () => {
    for (let round = 0; round < Math.max(1, 36 * scale); round++) {
      const source = program(next, words, 40);
      const first = format(source);
      print(`${source.length}`, first);
      print('again', format(first) === first);
    }
    for (const source of errors) {
      try {
        print(source, format(source));
      } catch (error) {
        print(source, String(error.message ?? error));
      }
    }
  };
});

// shfmt, compiled by TinyGo: formats generated shell scripts in several styles, and reports syntax errors.
import { random, vocabulary } from '../lib/inputs.mjs';
import { workload } from '../lib/workload.mjs';

const errors = ['if true; then', 'a=(', 'echo $((1 + ))', 'case x in', "echo 'open", 'foo() }', 'for i in; do ((;; done'];

function script(next, words, pieces) {
  const w = () => words[next() % words.length];
  const gap = () => ' '.repeat(1 + (next() % 4));
  const forms = [
    () => `if [[ $${w()}${gap()}==${gap()}"${w()}"* && -f /tmp/${w()} ]];then echo "\${${w()}:-none}"${gap()}>&2;elif test -n "$1";then :;else exit 1;fi`,
    () => `for ${w()} in "\${${w()}[@]}" *.txt;do\n${w()}${gap()}--${w()}="$(date +%s | sed 's/a/b/g')" \\\n   -x;done`,
    () => `case "$1" in\n-h|--help)${gap()}usage;;\n${w()}*) shift;${w()}=$((${w()}+1<<2)) ;;&\n*) return 3;esac`,
    () => `function ${w()}  {\nlocal a=1 b=( x "y z" [3]=w )\nwhile read -r line;do echo "$line"|tr a-z A-Z;done <"$1" >>out 2>&1\n}`,
    () => `cat <<-EOF | grep -v "${w()}" && ${w()} || { echo no;}\n\t$${w()} text \`${w()}\`\n\tEOF`,
    () => `${w()}=\${${w()}//x/y} ; ${w()}+=(1 2); readonly z # ${w()}`, () => `( cd /tmp;ls -la|wc -l ) & wait $!`, () => `until ((i++>10));do sleep .1;done`,
    () => `declare -A m=([a]=1 [b]="$(${w()})");printf '%s\\n' "\${!m[@]}" $'tab\\t' $"x"`, () => `diff <(${w()}) <(${w()} 2>/dev/null);[ "$a" = b -o ! -e c ]`, () => `let x=1+2;select o in a b;do break;done;time ${w()}`,
  ];
  return `#!/bin/bash\n${Array.from({ length: pieces }, () => forms[next() % forms.length]()).join(next() % 2 ? '\n' : '\n\n\n')}\n`;
}

await workload('shfmt', async ({ load, print, scale }) => {
  const { format } = await load('shfmt_node.js');
  const words = vocabulary(200, 101).map((word) => `${word}_`);
  const next = random(102);
  const styles = [{}, { indent: 2, simplify: true }, { indent: 4, switchCaseIndent: true, binaryNextLine: true, spaceRedirects: true }, { minify: true }, { funcNextLine: true, keepPadding: true }];
  return () => {
    for (let round = 0; round < Math.max(1, 20 * scale); round++) {
      const source = script(next, words, 80);
      for (const style of styles) print(`${source.length} ${Object.keys(style)}`, format(source, 'a.sh', style));
    }
    for (const source of errors) {
      try {
        print(source, format(source, 'a.sh'));
      } catch (error) {
        print(source, String(error.message ?? error));
      }
    }
  };
});

// The Astro compiler, compiled by TinyGo: turns generated components into JavaScript. Styles are preprocessed by promises of
// the host, so goroutines are suspended while others run.
import { random, vocabulary } from '../lib/inputs.mjs';
import { workload } from '../lib/workload.mjs';

function component(next, words, pieces) {
  const w = () => words[next() % words.length];
  const forms = [
    () => `<p class="${w()}" class:list={[${w()}, { ${w()}: true }]}>${w()} {${w()} + 1} &amp; <!-- ${w()} --></p>`,
    () => `<Card client:load title={\`${w()} \${${w()}}\`} {...${w()}}><slot name="${w()}" /></Card>`,
    () => `{[1, 2].map((${w()}) => <li data-${w()}={${w()}}>{${w()}}<br></li>)}`,
    () => `{${w()} ? <b>${w()}</b> : <Fragment set:html={${w()}} />}`,
    () => `<table><tr><td>${w()}<td {${w()}}>${w()}</table><svg viewBox="0 0 1 1"><path d="M0 0" /></svg>`,
    () => `<script>const ${w()} = 1 < 2 && "${w()}";</script>`,
  ];
  const body = Array.from({ length: pieces }, () => forms[next() % forms.length]()).join('\n');
  const style = `<style lang="scss" define:vars={{ ${w()} }}>\n.${w()} > a::before, h1[x="${w()}"] { color: var(--${w()}); margin: ${next() % 9}px }\n@media (max-width: 9em) { p { top: 0 } }\n</style>`;
  return `---\nimport Card from '../${w()}.astro';\nimport { ${w()} } from "${w()}";\nconst { ${w()} } = Astro.props;\nexport async function getStaticPaths() { return [] }\n---\n<html><head><title>{${w()}}</title></head><body>\n${body}\n${style}\n</body></html>\n`;
}

await workload('astro', async ({ load, print, scale }) => {
  const { transform } = await load('node/index.js');
  const words = vocabulary(200, 111).map((word) => `${word}_`);
  const next = random(112);
  let styles = 0;
  const preprocessStyle = async (content) => {
    styles++;
    await new Promise((resolve) => setTimeout(resolve, 1));
    return { code: content.replace('margin', 'padding') };
  };
  return async () => {
    for (let round = 0; round < Math.max(2, 6 * scale); round++) {
      const source = component(next, words, 20);
      const { code, map } = await transform(source, { sourcefile: 'a.astro', site: 'https://example.com', sourcemap: 'both', preprocessStyle });
      print(`${source.length}`, code);
      print('map', map);
    }
    print('styles', String(styles));
    for (const source of ['', '<a', '{a', '<style>b{</style>']) print(source, (await transform(source, {})).code);
  };
});

// RE2: matches, captures, replacements and splits over generated text.
import { prose, randomBytes } from '../lib/inputs.mjs';
import { workload } from '../lib/workload.mjs';

const patterns = [
  ['[A-Z]\\w+', 'gu'], ['(\\w+)(?:or|an)\\s+(\\w{3,7})', 'gu'], ['(?<first>\\b[aeiou]\\w*)\\W+(?<second>\\w+)', 'gu'],
  ['^\\w+.*\\.$', 'gmu'], ['qua|tri|ver|(?:con)+', 'giu'], ['.{20,40}?\\.', 'gsu'], ['\\p{Lu}\\p{Ll}+', 'gu'],
  ['(a|e)(i|o)?(u)*[^aeiou\\s]{2}', 'gu'], ['(?:\\w+\\s){5}\\w+', 'gu'], ['[^\\x00-\\x7f]+|\\d{2,}', 'gu'],
  ['((((b)a)c)e)+|(d(i)){1,3}', 'gu'], ['nothing like this', 'gu'],
];

await workload('re2', async ({ require, print, scale }) => {
  const { RE2 } = require('./build/src/re2.js');
  const text = prose(4000, 3) + Buffer.from(randomBytes(400, 4)).toString('latin1') + ' 日本語 42 äöü';
  return () => {
    for (let round = 0; round < Math.max(1, 3 * scale); round++) {
      for (const [source, flags] of patterns) {
        const pattern = new RE2(source, flags);
        const found = pattern.match(text);
        const once = new RE2(source, flags.replace('g', '')).exec(text);
        const replaced = pattern.replace(text, '<$1$&>');
        const parts = new RE2(source, flags.replace('g', '')).split(text, 50);
        if (round) continue;
        print(`/${source}/ ${found?.length ?? 0}`, JSON.stringify([found, once, once?.index, once?.groups, replaced, parts]));
        print('search', `${pattern.search(text)} ${pattern.test(text)}`);
      }
    }
    for (const bad of ['(', 'a**', '[z-a]', '\\1', '(?<=x)y']) {
      try {
        print(bad, new RE2(bad, 'u').internalSource);
      } catch (error) {
        print(bad, error.message);
      }
    }
  };
});

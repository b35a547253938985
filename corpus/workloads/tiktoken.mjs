// tiktoken: encodes and decodes text with two vocabularies.
import { prose, randomBytes } from '../lib/inputs.mjs';
import { workload } from '../lib/workload.mjs';

await workload('tiktoken', async ({ require, print, scale }) => {
  const { Tiktoken } = require('./lite/tiktoken.cjs');
  const names = ['cl100k_base', 'r50k_base'];
  const models = names.map((name) => [name, require(`./encoders/${name}.json`)]);
  const text = `${prose(400000 * scale, 41)} 日本語テキスト 🎉🎉 don't we'll 12345678 <|endoftext|>\r\n\t x = f(y[0]);`;
  const noise = Buffer.from(randomBytes(3000, 42)).toString('latin1');
  return () => {
    for (const [name, model] of models) {
      const coder = new Tiktoken(model.bpe_ranks, model.special_tokens, model.pat_str);
      const plain = coder.encode_ordinary(text);
      const special = coder.encode(text, 'all');
      print(`${name} ${plain.length}`, plain);
      print(`special ${special.length}`, special);
      print('noise', coder.encode(noise, [], []));
      print('back', coder.decode(special));
      print('same', new TextDecoder().decode(coder.decode(plain)) === text);
      print('one', `${coder.encode_single_token(Buffer.from(' the'))} ${coder.decode_single_token_bytes(1000)}`);
      print('unstable', JSON.stringify(coder.encode_with_unstable('hello fanta')));
      for (const act of [() => coder.encode('<|endoftext|>'), () => coder.encode_single_token(Buffer.from('no such token'))]) {
        try {
          act();
        } catch (error) {
          print('error', String(error.message ?? error).split('\n')[0]);
        }
      }
    }
  };
});

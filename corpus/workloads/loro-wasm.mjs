// Loro: two documents edited apart (text with marks, maps, lists, a movable list, a tree), merged both ways, and read back.
import { random } from '../lib/inputs.mjs';
import { workload } from '../lib/workload.mjs';

await workload('loro-wasm', async ({ require: need, print, scale }) => {
  const { Loro, LoroDoc = Loro } = need('./nodejs/loro_wasm.js');
  return () => {
    const next = random(3), docs = [1n, 2n].map((peer) => { const doc = new LoroDoc(); doc.setPeerId(peer); return doc; });
    for (let round = 0; round < Math.max(1, 30 * scale); round++) {
      for (const doc of docs) {
        const text = doc.getText('text'), list = doc.getList('list'), map = doc.getMap('map');
        for (let i = 0; i < 20; i++) {
          const at = next() % (text.length + 1);
          text.insert(at, `w${next() % 1000} é`);
          if (text.length > 20 && next() % 3 === 0) text.delete(next() % (text.length - 5), 3);
          list.insert(next() % (list.length + 1), next() % 2 ? next() % 100 : `s${next() % 9}`);
          if (list.length > 5 && next() % 4 === 0) list.delete(next() % list.length, 1);
          map.set(`k${next() % 12}`, next() % 3 ? next() % 50 : [1, { a: round }, null]);
        }
        doc.commit();
      }
      const [a, b] = docs;
      a.import(b.exportFrom ? b.exportFrom(a.version()) : b.export({ mode: 'update', from: a.version() }));
      b.import(a.exportFrom ? a.exportFrom(b.version()) : a.export({ mode: 'update', from: b.version() }));
      print(`round ${round}`, JSON.stringify([a.toJSON(), b.toJSON()]));
    }
    const copy = new LoroDoc();
    copy.import(docs[0].exportSnapshot ? docs[0].exportSnapshot() : docs[0].export({ mode: 'snapshot' }));
    print('copy', JSON.stringify(copy.toJSON()));
  };
});

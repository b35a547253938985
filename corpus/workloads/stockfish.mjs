// Stockfish: searches to a fixed depth from several positions, on one thread, and tells their evaluation.
import { workload } from '../lib/workload.mjs';

const positions = ['startpos moves e2e4 c7c5 g1f3', 'fen r3k2r/p1ppqpb1/bn2pnp1/3PN3/1p2P3/2N2Q1p/PPPBBPPP/R3K2R w KQkq - 0 1', 'fen 8/2p5/3p4/KP5r/1R3p1k/8/4P1P1/8 w - - 0 1',
  'fen r4rk1/1pp1qppp/p1np1n2/2b1p1B1/2B1P1b1/P1NP1N2/1PP1QPPP/R4RK1 w - - 0 10', 'fen 4k3/8/8/8/8/8/4P3/4K3 w - - 5 39'];

await workload('stockfish', async ({ require: need, print, path, scale }) => {
  const lines = [];
  let ended = () => {};
  const engine = { locateFile: () => path, listener: (line) => { lines.push(line); if (/^bestmove|^Final evaluation/.test(line)) ended(); } };
  await need('./bin/stockfish-19-lite-single.js')()(engine);
  while (engine._isReady && !engine._isReady()) await new Promise((resolve) => { setTimeout(resolve, 5); });
  const tell = (command) => engine.ccall('command', null, ['string'], [command], { async: command.startsWith('go') });
  return async () => {
    for (const position of positions) {
      lines.length = 0;
      tell('ucinewgame');
      tell(`position ${position}`);
      const end = new Promise((resolve) => { ended = resolve; });
      tell(`go depth ${Math.max(2, Math.round(9 + Math.log2(scale)))}`);
      await end;
      // Times and speeds are not the module's.
      print(position, lines.map((line) => line.replace(/ (nps|time|hashfull) \d+/g, '')).join('\n'));
    }
  };
});

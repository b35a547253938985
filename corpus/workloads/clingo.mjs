// clingo: answer sets of colourings, queens and a schedule with an optimum.
import { workload } from '../lib/workload.mjs';

const queens = (n) => `{ q(I,1..${n}) } = 1 :- I = 1..${n}. { q(1..${n},J) } = 1 :- J = 1..${n}. :- { q(D-J,J) } >= 2, D = 2..${2 * n}. :- { q(D+J,J) } >= 2, D = 1-${n}..${n}-1.`;
const colours = (n) => `node(1..${n}). edge(X,Y) :- node(X), node(Y), X < Y, (X*7+Y*5) \\ 4 == 0. 1 { c(X,r;X,g;X,b;X,y) } 1 :- node(X). :- edge(X,Y), c(X,C), c(Y,C). #show c/2.`;
const optimum = (n) => `item(1..${n}). { take(X) } :- item(X). :- #sum { X*3 \\ 11 + 1,X : take(X) } > 20. #maximize { X*5 \\ 17,X : take(X) }.`;

await workload('clingo', async ({ require: need, print, scale }) => {
  const { run } = need('./dist/clingo.node.js');
  const tell = async (label, program, models) => {
    const { Result, Call, Models } = await run(program, models, ['--seed=1']);
    print(`${label} ${Result}`, JSON.stringify([Call, Models?.Number, Models?.Optimum, Models?.Costs]));
  };
  return async () => {
    for (let i = 0; i < Math.max(1, 2 * scale); i++) {
      await tell('queens', queens(6 + i), 0);
      await tell('colours', colours(10 + i), 30);
      await tell('optimum', optimum(12 + i), 0);
    }
  };
});

// clingo: queens, graph colouring, a shortest tour, a blocks world and an error, all models or the best one.
import { workload } from '../lib/workload.mjs';

const queens = (n) => `#const n=${n}. {q(I,1..n)}=1 :- I=1..n. {q(1..n,J)}=1 :- J=1..n. :- {q(D-J,J)}>=2, D=2..2*n. :- {q(D+J,J)}>=2, D=1-n..n-1. #show q/2.`;
const colours = (n) => `node(0..${n}). edge(X,(X*7+3)\\${n + 1}) :- node(X). edge(X,(X*5+1)\\${n + 1}) :- node(X). col(r;g;b).
{c(X,C):col(C)}=1 :- node(X). :- edge(X,Y), X!=Y, c(X,C), c(Y,C). #show c/2.`;
const tour = (n) => `node(1..${n}). cost(X,Y,(X*Y*13+X+Y)\\17+1) :- node(X), node(Y), X<Y. cost(Y,X,C) :- cost(X,Y,C).
{t(X,Y):cost(X,Y,_)}=1 :- node(X). {t(X,Y):cost(X,Y,_)}=1 :- node(Y). r(1). r(Y) :- r(X), t(X,Y). :- node(X), not r(X). #minimize{C,X,Y:t(X,Y),cost(X,Y,C)}. #show.`;
const blocks = (n) => `#const h=${n}. block(1..4). place(t;1..4). on(1,2,0). on(2,t,0). on(3,4,0). on(4,t,0). step(1..h).
{m(B,P,T):block(B),place(P),B!=P}=1 :- step(T). on(B,P,T) :- m(B,P,T). moved(B,T) :- m(B,_,T). on(B,P,T) :- on(B,P,T-1), not moved(B,T), step(T).
:- m(B,P,T), on(_,B,T-1). :- m(B,P,T), P!=t, on(_,P,T-1). goal :- on(4,3,h), on(3,2,h), on(2,1,h). :- not goal. #show m/3.`;

await workload('clingo', async ({ require: need, print, scale }) => {
  console.info = () => {};
  const run = await need('./dist/clingo.node.js').init({ singleThreaded: true });
  // The same answers in one order: a search may find them in another when its clock is part of a decision.
  const tell = (label, program, models, options) => {
    const { Result, Models, Call, Error: error } = run(program, models, options);
    const found = (Call ?? []).flatMap((call) => call.Witnesses ?? []).map((w) => `${[...w.Value].sort().join(' ')} ${w.Costs ?? ''}`);
    print(`${label} ${Result} ${Models?.Number}`, JSON.stringify(Models?.Optimum === 'yes' ? Models.Costs : found.sort()) + (error ?? ''));
  };
  return () => {
    for (let i = 0; i < Math.max(1, 2 * scale); i++) {
      tell('queens', queens(7 + (i % 3)), 0);
      tell('colours', colours(9 + i), 0);
      tell('tour', tour(6 + (i % 3)), 0, ['--opt-mode=opt']);
      tell('blocks', blocks(6), 0);
      tell('error', 'a :- b(.', 1);
    }
  };
});

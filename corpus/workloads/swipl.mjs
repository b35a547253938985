// SWI-Prolog: queens, naive reverse, a grammar, sorting, exceptions, big integers and strings.
import { join } from 'node:path';
import { workload } from '../lib/workload.mjs';

const program = `
:- use_module(library(lists)).
queens(N, Qs) :- numlist(1, N, Ns), permutation(Ns, Qs), safe(Qs).
safe([]). safe([Q|Qs]) :- no_attack(Q, Qs, 1), safe(Qs).
no_attack(_, [], _). no_attack(Q, [X|Xs], D) :- Q =\\= X + D, Q =\\= X - D, D1 is D + 1, no_attack(Q, Xs, D1).
nrev([], []). nrev([X|Xs], R) :- nrev(Xs, S), append(S, [X], R).
bench(0) :- !. bench(N) :- numlist(1, 60, L), nrev(L, _), N1 is N - 1, bench(N1).
expr(X) --> term(X0), rest(X0, X). rest(A, X) --> "+", !, term(B), { C is A + B }, rest(C, X). rest(X, X) --> [].
term(X) --> digits([D|Ds]), { number_codes(X, [D|Ds]) }.
digits([D|T]) --> [D], { code_type(D, digit) }, digits(T). digits([D]) --> [D], { code_type(D, digit) }.
fact(0, 1) :- !. fact(N, F) :- M is N - 1, fact(M, G), F is N * G.
hanoi(0, _, _, _) --> []. hanoi(N, A, B, C) --> { M is N - 1 }, hanoi(M, A, C, B), [A-B], hanoi(M, C, B, A).
`;
const goals = ['queens(6, X)', 'bench(30), X = done', 'atom_codes(\'12+345+6\', C), phrase(expr(X), C)', 'fact(60, X)', 'phrase(hanoi(8, a, b, c), L), length(L, X)', 'catch(Y is 1 / 0, error(X, _), true)', 'catch(foo(1), error(X, _), true)',
  'findall(A-B, (member(A, [3,1,2]), member(B, [x,y])), L), msort(L, X)', 'length(X, 3), X = [a|_]', 'atomic_list_concat(P, \',\', \'a,b,cc\'), maplist(atom_length, P, X)', 'X is 2 ** 200 mod 1000007 + sqrt(2) * sin(1.5)', 'format(atom(X), "~a ~d ~4f ~q", [abc, 1234567, 3.14159, \'A b\'])'];

await workload('swipl', async ({ require: need, dir, print, scale }) => {
  const swipl = await need('./dist/swipl/swipl-web.js')({ arguments: ['-q'], locateFile: (file) => join(dir, 'dist/swipl', file), print: (line) => print('says', line), printErr: () => {} });
  return () => {
    swipl.FS.writeFile('/p.pl', program);
    swipl.prolog.query("consult('/p.pl')").once();
    for (let i = 0; i < Math.max(1, 5 * scale); i++) {
      for (const goal of goals) print(goal, String(swipl.prolog.query(`${goal}, with_output_to(string(Out), print(X))`).once()?.Out));
    }
  };
});

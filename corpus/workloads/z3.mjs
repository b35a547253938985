// Z3: SMT-LIB scripts over integers, bit vectors, reals, arrays, strings and quantifiers; queens, a core and models.
import { workload } from '../lib/workload.mjs';

const queens = (n) => {
  const all = Array.from({ length: n }, (_, i) => i);
  return `${all.map((i) => `(declare-const q${i} Int)(assert (and (<= 0 q${i}) (< q${i} ${n})))`).join('')}(assert (distinct ${all.map((i) => `q${i}`).join(' ')}))
${all.flatMap((i) => all.slice(i + 1).map((k) => `(assert (not (= (- q${i} q${k}) ${k - i})))(assert (not (= (- q${k} q${i}) ${k - i})))`)).join('')}(check-sat)`;
};
const scripts = (n) => [
  queens(5 + (n % 3)),
  `(declare-const x (_ BitVec 32))(declare-const y (_ BitVec 32))(assert (= (bvmul x #x0000000${3 + 2 * (n % 3)}) #x0001e24${n % 10}))(check-sat)(get-value (x))
(push)(assert (not (= (bvadd (bvxor x y) (bvshl (bvand x y) #x00000001)) (bvadd x y))))(check-sat)(pop)`,
  `(declare-const a Real)(declare-const b Real)(assert (> (* a a) ${n + 2}.0))(assert (= (+ a b) 10.0))(assert (< (* a b) 20.0))(assert (> a 0.0))(check-sat)`,
  `(declare-fun m () (Array Int Int))(declare-const i Int)(assert (= (select (store m i ${n}) (+ i 1)) ${n + 1}))(assert (= (select m ${n}) 3))(check-sat)(simplify (select (store m 1 2) 1))`,
  `(declare-const s String)(assert (str.in_re s (re.+ (re.union (str.to_re "ab") (str.to_re "c")))))(assert (= (str.len s) ${3 + (n % 4)}))(check-sat)`,
  `(declare-sort T)(declare-fun f (T) T)(declare-const c T)(assert (forall ((x T)) (= (f (f x)) x)))(assert (not (= (f (f (f (f c)))) c)))(check-sat)`,
  `(set-option :produce-unsat-cores true)(declare-const p Bool)(declare-const q Bool)(assert (! (or p q) :named one))(assert (! (not p) :named two))(assert (! (not q) :named three))(check-sat)(get-unsat-core)`,
  `(declare-const x Int)(declare-const y Int)(assert (< (+ x y) ${20 + n}))(assert (> (* 2 x) y))(assert (> y 3))(maximize (+ (* 3 x) y))(check-sat)(get-objectives)`,
  '(assert (= undeclared 1))',
];

await workload('z3', async ({ require: need, print, scale }) => {
  const { em, Z3 } = await need('./build/low-level').init(need('./build/z3-built'));
  // In place of Z3.eval_smtlib2_string, which leaves the script on the stack of a caller that has returned when the
  // thread reads it, so that a busy machine may see it overwritten.
  const evaluate = async (context, script) => {
    const bytes = Buffer.from(`${script}\0`), at = em._malloc(bytes.length);
    new Uint8Array(em.HEAPU32.buffer).set(bytes, at);
    try {
      return await em.async_call(() => em._async_Z3_eval_smtlib2_string(context, at));
    } finally {
      em._free(at);
    }
  };
  return async () => {
    for (let n = 0; n < Math.max(1, scale); n++) {
      for (const [i, script] of scripts(n).entries()) {
        const config = Z3.mk_config(), context = Z3.mk_context(config);
        print(`${n} ${i}`, await evaluate(context, script).catch((error) => String(error)));
        Z3.del_context(context);
        Z3.del_config(config);
      }
    }
  };
});

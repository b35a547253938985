// casts: casts, type tests and null checks that the static type of their operand decides.
//
//   (ref.cast (ref null $super) (local.get $x))     ->    (local.get $x)         ;; $x is a (ref $sub)
//   (ref.test (ref $t) (local.get $x))              ->    (i32.eqz (ref.is_null (local.get $x)))  ;; (ref
//   null $t) (ref.test (ref $t) (struct.new $other))         ->    (drop (struct.new $other)) (i32.const 0)
//   (ref.as_non_null (struct.new $t))               ->    (struct.new $t)
//   (br_on_cast $l anyref (ref $super) (struct.new $sub))       ->    (br $l (struct.new $sub))
//   (br_on_cast_fail $l anyref (ref $super) (struct.new $sub))  ->    (struct.new $sub)
//
// The static type is that of the instruction before: a local, a global, a field, an element, a result, an
// allocation or another cast. A value has one type at run time, whose supertypes are a chain; so if neither
// of two heap types is a subtype of the other, no value but null belongs to both. Where a check goes, the
// value keeps its own type, which is a subtype of the one it had, so the code stays valid. Never longer, but
// for constants in place of tests whose operand is dropped, which take no more bytes than the test.
// Binaryen's optimize-instructions does the same.
#include "analysis/typing.h"
#include "ir/validate/validate.h"
#include "passes/manager/pass.h"

typedef struct casts {
    const wr_module *m;
    const wr_valtype *locals;
    wr_ins *out;
    uint32_t n;
    bool any;
} casts;

static wr_valtype last_of(const wr_valtype *types, uint32_t n) { return n ? types[n - 1] : WR_BOTTOM; }

static wr_valtype result_of(const wr_type *type) {
    return last_of(type->values + type->nparams, type->nresults);
}

static wr_valtype field_type(const casts *s, const wr_ins *ins) {
    const wr_type *type = &s->m->types[wr_ins_type(ins)];
    return type->fields[ins->op == WR_OP_STRUCT_GET ? (uint32_t)ins->b : 0].type;
}

// The static type of the last value that an instruction leaves, WR_BOTTOM if it is none of those known here.
static wr_valtype left_by(const casts *s, const wr_ins *ins) {
    switch (ins->op) {
    case WR_OP_LOCAL_GET:
    case WR_OP_LOCAL_TEE: return s->locals[wr_ins_local(ins)];
    case WR_OP_GLOBAL_GET: return s->m->globals[wr_ins_global(ins)].type;
    case WR_OP_TABLE_GET: return s->m->tables[wr_ins_table(ins)].type;
    case WR_OP_CALL: return result_of(wr_func_type(s->m, wr_ins_func(ins)));
    case WR_OP_CALL_REF:
    case WR_OP_CALL_INDIRECT: return result_of(&s->m->types[wr_ins_type(ins)]);
    case WR_OP_STRUCT_GET:
    case WR_OP_ARRAY_GET: return field_type(s, ins);
    case WR_OP_STRUCT_NEW:
    case WR_OP_STRUCT_NEW_DEFAULT:
    case WR_OP_ARRAY_NEW:
    case WR_OP_ARRAY_NEW_DEFAULT:
    case WR_OP_ARRAY_NEW_FIXED:
    case WR_OP_ARRAY_NEW_DATA:
    case WR_OP_ARRAY_NEW_ELEM: return wr_ref_to(wr_ins_type(ins), false);
    case WR_OP_REF_I31: return wr_ref_to(WR_ABS(WR_HEAP_I31), false);
    case WR_OP_REF_NULL: return wr_ref_to(ins->a, true);
    case WR_OP_REF_CAST: return wr_ref_to(ins->a, false);
    case WR_OP_REF_CAST_NULL: return wr_ref_to(ins->a, true);
    default: return WR_BOTTOM;
    }
}

// The static type of the operand of the next instruction.
static wr_valtype operand_type(const casts *s) {
    if (!s->n) return WR_BOTTOM;
    const wr_ins *last = &s->out[s->n - 1];
    wr_valtype type = last->op == WR_OP_REF_AS_NON_NULL && s->n > 1 ? left_by(s, last - 1) : left_by(s, last);
    if (last->op == WR_OP_REF_AS_NON_NULL) type &= ~WR_NULLABLE;
    return wr_is_ref(type) ? type : WR_BOTTOM;
}

static bool are_apart(const casts *s, wr_heaptype a, wr_heaptype b) {
    return !wr_heaptype_is_subtype(s->m, a, b) && !wr_heaptype_is_subtype(s->m, b, a);
}

static void put(casts *s, wr_ins ins) { s->out[s->n++] = ins; }

// Puts another instruction in place of one whose operand stays.
static void replace(casts *s, const wr_ins *ins, unsigned op) {
    put(s, (wr_ins){.op = (uint16_t)op, .origin = ins->origin});
    s->any = true;
}

static void put_constant(casts *s, const wr_ins *ins, bool value) {
    replace(s, ins, WR_OP_DROP);
    put(s, (wr_ins){.op = WR_OP_I32_CONST, .b = value, .origin = ins->origin});
}

// Only null keeps the test from being `always`.
static void test_null(casts *s, const wr_ins *ins, bool always) {
    replace(s, ins, WR_OP_REF_IS_NULL);
    if (always) put(s, (wr_ins){.op = WR_OP_I32_EQZ, .origin = ins->origin});
}

static void visit_test(casts *s, const wr_ins *ins, wr_valtype type) {
    bool takes_null = ins->op == WR_OP_REF_TEST_NULL, may_be_null = wr_is_nullable(type);
    bool always = wr_heaptype_is_subtype(s->m, wr_heap_of(type), ins->a);
    if (!always && !are_apart(s, wr_heap_of(type), ins->a))
        put(s, *ins);
    else if (may_be_null && takes_null != always)
        test_null(s, ins, always);
    else
        put_constant(s, ins, always);
}

// A cast that only null fails stays, though ref.as_non_null is shorter: engines tell their traps apart.
static void visit_cast(casts *s, const wr_ins *ins, wr_valtype type) {
    bool always = wr_heaptype_is_subtype(s->m, wr_heap_of(type), ins->a) &&
                  (ins->op == WR_OP_REF_CAST_NULL || !wr_is_nullable(type));
    if (!always) put(s, *ins);
    s->any |= always;
}

// An operand that costs nothing to leave out, so that a constant takes its place.
static bool is_pure(const wr_ins *ins) { return ins->op == WR_OP_LOCAL_GET || ins->op == WR_OP_GLOBAL_GET; }

static void visit_non_null(casts *s, const wr_ins *ins) {
    switch (ins->op) {
    case WR_OP_REF_AS_NON_NULL:
    case WR_OP_BR_ON_NULL: s->any = true; break;
    case WR_OP_BR_ON_NON_NULL:
        replace(s, ins, WR_OP_BR);
        s->out[s->n - 1].a = ins->a;
        break;
    default:
        if (!is_pure(&s->out[s->n - 1])) {
            put(s, *ins);
            break;
        }
        s->out[s->n - 1] = (wr_ins){.op = WR_OP_I32_CONST, .origin = ins->origin};
        s->any = true;
    }
}

// A branch on a cast that is always taken becomes a br, one that never is goes. Its label has types for the
// values below the reference too; without it they keep their own, which are subtypes of those.
static void visit_branch(casts *s, const wr_ins *ins, wr_valtype type) {
    wr_heaptype to = (wr_heaptype)(ins->b >> 32);
    bool both_null = wr_is_nullable(type) && ins->x & WR_CAST_TO_NULL;
    bool always = wr_heaptype_is_subtype(s->m, wr_heap_of(type), to) &&
                  (!wr_is_nullable(type) || ins->x & WR_CAST_TO_NULL);
    bool never = are_apart(s, wr_heap_of(type), to) && !both_null;
    if (!always && !never) {
        put(s, *ins);
    } else if (always == (ins->op == WR_OP_BR_ON_CAST)) {
        replace(s, ins, WR_OP_BR);
        s->out[s->n - 1].a = ins->a;
    }
    s->any |= always || never;
}

static void visit(casts *s, const wr_ins *ins) {
    wr_valtype type = operand_type(s);
    bool known = type != WR_BOTTOM;
    switch (ins->op) {
    case WR_OP_REF_TEST:
    case WR_OP_REF_TEST_NULL: known ? visit_test(s, ins, type) : put(s, *ins); break;
    case WR_OP_REF_CAST:
    case WR_OP_REF_CAST_NULL: known ? visit_cast(s, ins, type) : put(s, *ins); break;
    case WR_OP_BR_ON_CAST:
    case WR_OP_BR_ON_CAST_FAIL: known ? visit_branch(s, ins, type) : put(s, *ins); break;
    case WR_OP_REF_AS_NON_NULL:
    case WR_OP_REF_IS_NULL:
    case WR_OP_BR_ON_NULL:
    case WR_OP_BR_ON_NON_NULL: known && !wr_is_nullable(type) ? visit_non_null(s, ins) : put(s, *ins); break;
    default: put(s, *ins);
    }
}

bool wr_edit_casts(wr_env *env, const wr_context *c, wr_body *body) {
    if (!(c->m->features & (WR_F(GC) | WR_F(FUNC_REFS)))) return false;
    casts s = {.m = c->m, .locals = wr_typing_locals(&env->temp, c->m, body)};
    s.out = WR_NEW(&env->temp, wr_ins, 2 * (size_t)body->n);
    for (uint32_t i = 0; i < body->n; i++) visit(&s, &body->ins[i]);
    if (!s.any) return false;
    body->ins = s.out;
    body->n = s.n;
    return true;
}

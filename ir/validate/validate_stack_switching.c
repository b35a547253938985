// Validates continuations (the stack switching proposal). A continuation type refers to a function type. A
// tag's parameters are passed out when a continuation suspends, and its results are passed in when it is
// resumed.
#include "validate_parts.h"

// A list of value types.
typedef struct types {
    const wr_valtype *v;
    uint32_t n;
} types;

static types params_of(const wr_type *type) { return (types){type->values, type->nparams}; }
static types results_of(const wr_type *type) { return (types){type->values + type->nparams, type->nresults}; }

static const wr_type *tag_type(const wr_validator *v, uint32_t tag) {
    return &v->m->types[v->m->tags[tag].type];
}

// The function type of a continuation type.
static const wr_type *function_of(wr_validator *v, uint32_t index) {
    const wr_type *type = &v->m->types[index];
    if (type->kind != WR_TYPE_CONT) WR_INVALID(v, "expected a continuation type, found type %u", index);
    return &v->m->types[wr_type_index(type->fields[0].type)];
}

// The function type of the continuation type that a value type refers to.
static const wr_type *function_of_value(wr_validator *v, wr_valtype type) {
    if (!wr_has_index(type))
        WR_INVALID(v, "type mismatch: expected a continuation, found %s", wr_valtype_text(type).s);
    return function_of(v, wr_type_index(type));
}

static bool match(const wr_validator *v, types sub, types super) {
    bool fits = sub.n == super.n;
    for (uint32_t i = 0; fits && i < sub.n; i++) fits = wr_valtype_is_subtype(v->m, sub.v[i], super.v[i]);
    return fits;
}

static void pop_continuation(wr_validator *v, uint32_t index) {
    wr_validator_pop_is(v, wr_canon_type(v->m, wr_ref_to(index, true)), 0);
}

static void push_continuation(wr_validator *v, uint32_t index) {
    wr_validator_push(v, wr_canon_type(v->m, wr_ref_to(index, false)));
}

static void validate_new(wr_validator *v, const wr_ins *ins) {
    function_of(v, ins->a);
    wr_validator_pop_is(v, wr_canon_type(v->m, v->m->types[ins->a].fields[0].type), 1);
    push_continuation(v, ins->a);
}

// cont.bind passes the first parameters; the remaining ones form the new continuation's type.
static void validate_bind(wr_validator *v, const wr_ins *ins) {
    const wr_type *from = function_of(v, ins->a), *to = function_of(v, (uint32_t)ins->b);
    if (from->nparams < to->nparams)
        WR_INVALID(v, "type mismatch: a continuation with %u parameters can't become one with %u",
                   from->nparams, to->nparams);
    uint32_t given = from->nparams - to->nparams;
    types rest = {from->values + given, to->nparams};
    if (!match(v, params_of(to), rest) || !match(v, results_of(from), results_of(to)))
        WR_INVALID(v, "type mismatch: type %u with its first %u parameters given does not match type %u",
                   ins->a, given, (uint32_t)ins->b);
    pop_continuation(v, ins->a);
    wr_validator_pop_types(v, from->values, given);
    push_continuation(v, (uint32_t)ins->b);
}

static void validate_suspend(wr_validator *v, const wr_ins *ins) {
    const wr_type *type = tag_type(v, ins->a);
    wr_validator_pop_types(v, type->values, type->nparams);
    wr_validator_push_types(v, type->values + type->nparams, type->nresults);
}

// The label takes the tag's parameters and the suspended continuation, whose parameters are the tag's results
// and whose results are those of the resumed one.
static void check_label(wr_validator *v, uint32_t tag, uint32_t label, const wr_type *resumed) {
    wr_label_types target = wr_validator_label(v, label);
    const wr_type *type = tag_type(v, tag);
    if (target.n != type->nparams + 1)
        WR_INVALID(v, "type mismatch: label %u takes %u values, but the handler gives %u", label, target.n,
                   type->nparams + 1);
    if (!match(v, params_of(type), (types){target.types, type->nparams}))
        WR_INVALID(v, "type mismatch: label %u does not take the parameters of tag %u", label, tag);
    const wr_type *left = function_of_value(v, target.types[type->nparams]);
    if (!match(v, params_of(left), results_of(type)) || !match(v, results_of(resumed), results_of(left)))
        WR_INVALID(v, "type mismatch: label %u does not take the continuation that tag %u leaves", label,
                   tag);
}

static void check_switch(wr_validator *v, uint32_t tag, const wr_type *resumed) {
    types own = results_of(tag_type(v, tag)), wanted = results_of(resumed);
    if (tag_type(v, tag)->nparams || !match(v, own, wanted) || !match(v, wanted, own))
        WR_INVALID(v, "type mismatch: tag %u of a switch does not have the results of the continuation", tag);
}

static void validate_resume(wr_validator *v, const wr_ins *ins) {
    const uint32_t *words = v->ext.v + ins->b;
    uint32_t count = *words++;
    wr_validator_check_index(v, WR_TYPE, ins->a);
    const wr_type *resumed = function_of(v, ins->a);
    for (uint32_t i = 0; i < count; i++, words += 3) {
        wr_validator_check_index(v, WR_TAG, words[1]);
        if (words[0] == WR_ON_LABEL)
            check_label(v, words[1], words[2], resumed);
        else
            check_switch(v, words[1], resumed);
    }
    types given = params_of(resumed);
    static const wr_valtype exception = WR_EXNREF;
    if (ins->op == WR_OP_RESUME_THROW) {
        wr_validator_check_index(v, WR_TAG, *words);
        given = params_of(tag_type(v, *words));
        if (tag_type(v, *words)->nresults)
            WR_INVALID(v, "expected the tag of an exception, but tag %u has results", *words);
    } else if (ins->op == WR_OP_RESUME_THROW_REF) {
        given = (types){&exception, 1};
    }
    pop_continuation(v, ins->a);
    wr_validator_pop_types(v, given.v, given.n);
    wr_validator_push_types(v, resumed->values + resumed->nparams, resumed->nresults);
}

// `switch` resumes another continuation and passes it the suspended one as its last parameter.
static void validate_switch(wr_validator *v, const wr_ins *ins) {
    const wr_type *to = function_of(v, ins->a), *tag = tag_type(v, (uint32_t)ins->b);
    if (tag->nparams)
        WR_INVALID(v, "type mismatch: expected a tag without parameters, found tag %u", (uint32_t)ins->b);
    if (!to->nparams) WR_INVALID(v, "type mismatch: expected type %u to take a continuation last", ins->a);
    const wr_type *left = function_of_value(v, to->values[to->nparams - 1]);
    if (!match(v, results_of(tag), results_of(to)) || !match(v, results_of(tag), results_of(left)))
        WR_INVALID(v, "type mismatch: the results of tag %u are not those of the continuations",
                   (uint32_t)ins->b);
    pop_continuation(v, ins->a);
    wr_validator_pop_types(v, to->values, to->nparams - 1);
    wr_validator_push_types(v, left->values, left->nparams);
}

void wr_validate_stack_switching(wr_validator *v, const wr_ins *ins) {
    switch ((wr_op)ins->op) {
    case WR_OP_CONT_NEW: validate_new(v, ins); break;
    case WR_OP_CONT_BIND: validate_bind(v, ins); break;
    case WR_OP_SUSPEND: validate_suspend(v, ins); break;
    case WR_OP_SWITCH: validate_switch(v, ins); break;
    default: validate_resume(v, ins); break;
    }
}

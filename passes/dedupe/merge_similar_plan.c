// Computes what merging similar functions would save, and chooses which members of a group to merge. See
// merge_similar.h.
//
// A group is merged as a whole, or split by the contents of one operand slot and planned recursively,
// whichever saves more.
#include "merge_similar.h"

#define MAX_PARAMETERS 32
#define MAX_SPLITS 6
#define LARGE_BODY 1024 // bytes; the frame of such a function dwarfs that of a dispatcher

// --- Arguments ---

wr_ins *wr_merge_similar_arguments(wr_arena *arena, const wr_similar_func *group,
                                   const wr_parameterized *merged, uint32_t member, uint32_t *n) {
    wr_ins *args = WR_NEW0(arena, wr_ins, merged->nparameters + 1);
    const uint64_t *slots = group->slots[merged->members[member]];
    *n = 0;
    for (uint32_t i = 0; i < merged->nparameters; i++) {
        uint32_t slot = merged->first[i];
        if (!wr_merge_similar_is_callee(group, slot))
            args[(*n)++] = (wr_ins){.op = group->ops[slot], .b = slots[slot]};
        else if (!merged->selects)
            args[(*n)++] = (wr_ins){.op = WR_OP_REF_FUNC, .a = (uint32_t)slots[slot]};
    }
    if (merged->selects) args[(*n)++] = (wr_ins){.op = WR_OP_I32_CONST, .b = member};
    return args;
}

wr_similar_thunk wr_merge_similar_thunk(const wr_parameterizer *b, const wr_similar_func *group,
                                        const wr_parameterized *merged, uint32_t member) {
    uint32_t func = group->funcs[merged->members[member]], nargs;
    wr_ins *args = wr_merge_similar_arguments(&b->c->env->temp, group, merged, member, &nargs);
    uint64_t consts = 0, uses = b->uses[func];
    for (uint32_t i = 0; i < nargs; i++) consts += wr_cost_ins(&b->cost, &args[i], NULL);
    uint32_t nparams = wr_func_type(b->c->m, func)->nparams;
    size_t body = 1 + consts + 1 + 2 + 1;
    for (uint32_t i = 0; i < nparams; i++) body += 1 + wr_uleb_size(i);
    wr_similar_thunk thunk = {body + wr_cost_func(&b->cost, body), false};
    wr_similar_thunk sites = {uses * (consts + (wr_cost_index(&b->cost, WR_FUNC, func) == 1)), true};
    return !b->named[func] && sites.bytes <= thunk.bytes ? sites : thunk;
}

// --- Parameters ---

static bool same_parameter(const wr_similar_func *group, const uint32_t *members, uint32_t n, uint32_t a,
                           uint32_t b) {
    if (group->ops[a] != group->ops[b] &&
        !(wr_merge_similar_is_callee(group, a) && wr_merge_similar_is_callee(group, b)))
        return false;
    for (uint32_t i = 0; i < n; i++)
        if (group->slots[members[i]][a] != group->slots[members[i]][b]) return false;
    return true;
}

static bool varies(const wr_similar_func *group, const uint32_t *members, uint32_t n, uint32_t slot) {
    for (uint32_t i = 1; i < n; i++)
        if (group->slots[members[i]][slot] != group->slots[members[0]][slot]) return true;
    return false;
}

// Assigns slots to parameters. Returns false if there are more than MAX_PARAMETERS.
static bool find_parameters(wr_env *env, const wr_similar_func *group, wr_parameterized *merged) {
    int32_t *parameter = WR_NEW(&env->temp, int32_t, group->nslots);
    uint32_t *first = WR_NEW(&env->temp, uint32_t, MAX_PARAMETERS);
    for (uint32_t h = 0; h < group->nslots; h++) {
        parameter[h] = WR_SLOT_SAME;
        if (!varies(group, merged->members, merged->n, h)) continue;
        uint32_t k = 0;
        while (k < merged->nparameters && !same_parameter(group, merged->members, merged->n, first[k], h))
            k++;
        if (k == MAX_PARAMETERS) return false;
        if (k == merged->nparameters) first[merged->nparameters++] = h;
        parameter[h] = (int32_t)k;
    }
    merged->parameter = parameter;
    merged->first = first;
    return true;
}

// --- Costs ---

static uint64_t size_of(const wr_parameterizer *b, uint32_t func) {
    size_t n = b->c->m->funcs[func].body.n;
    return n + wr_cost_func(&b->cost, n);
}

// Bytes of the dispatcher of a parameter: a function that calls the callee that the selector stands for.
static uint64_t dispatcher_size(const wr_parameterizer *b, const wr_similar_func *group,
                                const wr_parameterized *merged, uint32_t slot) {
    uint32_t callee = (uint32_t)group->slots[merged->members[0]][slot];
    uint64_t arm = 2 + 2 + 1 + 3 + 1 + 2 * (uint64_t)wr_func_type(b->c->m, callee)->nparams;
    uint64_t body = 6 + (arm + 1) * merged->n;
    uint32_t nparams = wr_func_type(b->c->m, callee)->nparams;
    return body + wr_cost_func(&b->cost, body) + 5 + nparams;
}

// Bytes by which the merged body exceeds that of the first member.
static int64_t body_growth(const wr_parameterizer *b, const wr_similar_func *group,
                           const wr_parameterized *merged) {
    int64_t growth = 0;
    for (uint32_t h = 0; h < group->nslots; h++) {
        if (merged->parameter[h] == WR_SLOT_SAME) continue;
        wr_ins old = {.op = group->ops[h], .b = group->slots[merged->members[0]][h]};
        if (wr_merge_similar_is_callee(group, h))
            growth += 2 + 1;
        else
            growth += 2 - (int64_t)wr_cost_ins(&b->cost, &old, NULL);
    }
    return growth;
}

// The call cost of the additional calls that a member would execute.
static int64_t calls_price(const wr_parameterizer *b, const wr_similar_func *group,
                           const wr_parameterized *merged, uint32_t member, bool thunk) {
    uint32_t func = group->funcs[merged->members[member]];
    int64_t price = thunk ? wr_call_cost_bytes(wr_call_cost_class(&b->call_cost, func, 0)) : 0;
    for (uint32_t h = 0; h < group->nslots && merged->selects; h++)
        if (merged->parameter[h] != WR_SLOT_SAME && wr_merge_similar_is_callee(group, h))
            price += wr_call_cost_bytes(wr_call_cost_class(&b->call_cost, func, group->levels[h]));
    return price;
}

static void weigh(const wr_parameterizer *b, const wr_similar_func *group, wr_parameterized *merged) {
    const uint32_t *funcs = group->funcs;
    int64_t saving = 0;
    bool deepens = false;
    for (uint32_t i = 0; i < merged->n; i++) {
        wr_similar_thunk thunk = wr_merge_similar_thunk(b, group, merged, i);
        saving += (int64_t)size_of(b, funcs[merged->members[i]]) - (int64_t)thunk.bytes;
        saving -= calls_price(b, group, merged, i, !thunk.at_sites);
        if (!b->recursive[funcs[merged->members[i]]]) continue;
        bool is_large = size_of(b, funcs[merged->members[i]]) >= LARGE_BODY;
        if (!thunk.at_sites || (merged->selects && !is_large)) deepens = true;
    }
    saving -= (int64_t)size_of(b, funcs[merged->members[0]]) + body_growth(b, group, merged);
    saving -=
        5 + wr_func_type(b->c->m, funcs[merged->members[0]])->nparams + merged->nparameters; // a new type
    for (uint32_t i = 0; i < merged->nparameters; i++)
        if (merged->selects && wr_merge_similar_is_callee(group, merged->first[i]))
            saving -= (int64_t)dispatcher_size(b, group, merged, merged->first[i]);
    merged->saving = deepens ? INT64_MIN : saving;
}

// Whether all differing callees still exist, so that references to them can be made.
static bool callees_stay(const wr_parameterizer *b, const wr_similar_func *group,
                         const wr_parameterized *merged) {
    for (uint32_t i = 0; i < merged->nparameters; i++)
        for (uint32_t k = 0; wr_merge_similar_is_callee(group, merged->first[i]) && k < merged->n; k++)
            if (b->gone[group->slots[merged->members[k]][merged->first[i]]]) return false;
    return true;
}

void wr_merge_similar_keep_referenced(const wr_parameterizer *b, const wr_similar_func *group,
                                      const wr_parameterized *merged) {
    for (uint32_t i = 0; i < merged->nparameters && !merged->selects; i++)
        for (uint32_t k = 0; wr_merge_similar_is_callee(group, merged->first[i]) && k < merged->n; k++)
            b->named[group->slots[merged->members[k]][merged->first[i]]] = 1;
}

static bool pays(const wr_parameterizer *b, const wr_parameterized *merged) {
    return merged->saving >= (int64_t)wr_pass_tuning(b->c).min_saving;
}

static bool make_merged(const wr_parameterizer *b, wr_env *env, const wr_similar_func *group,
                        const uint32_t *members, uint32_t n, wr_parameterized *merged) {
    *merged = (wr_parameterized){.n = n, .members = members};
    if (!find_parameters(env, group, merged)) return false;
    weigh(b, group, merged);
    for (uint32_t i = 0; i < merged->nparameters && !merged->selects; i++)
        merged->selects = wr_merge_similar_is_callee(group, merged->first[i]);
    if (!merged->selects) return pays(b, merged);
    wr_parameterized by_reference = *merged;
    by_reference.selects = false;
    weigh(b, group, merged);
    if (b->by_reference && callees_stay(b, group, merged) && by_reference.saving > merged->saving)
        *merged = by_reference;
    return pays(b, merged);
}

// --- Which members ---

static uint32_t count_distinct(const wr_similar_func *group, const uint32_t *members, uint32_t n,
                               uint32_t slot) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t k = 0;
        while (k < i && group->slots[members[k]][slot] != group->slots[members[i]][slot]) k++;
        count += k == i;
    }
    return count;
}

// Of the first 16 slots that vary, the one with the fewest distinct contents.
static uint32_t splitting_slot(const wr_similar_func *group, const uint32_t *members, uint32_t n) {
    uint32_t best = WR_NONE, fewest = n, looked = 0;
    for (uint32_t h = 0; h < group->nslots && looked < 16; h++) {
        if (!varies(group, members, n, h)) continue;
        uint32_t count = count_distinct(group, members, n, h);
        looked++;
        if (count < fewest) fewest = count, best = h;
    }
    return best;
}

typedef struct planner {
    const wr_parameterizer *b;
    wr_env *env;
    const wr_similar_func *group;
} planner;

static int64_t plan(const planner *p, const uint32_t *members, uint32_t n, unsigned splits,
                    wr_parameterized_list *merges);

// Splits the members into classes with equal contents in one slot. Returns the sum of what the classes save.
static int64_t plan_split(const planner *p, const uint32_t *members, uint32_t n, unsigned splits,
                          wr_parameterized_list *merges) {
    uint32_t slot = n > 2 ? splitting_slot(p->group, members, n) : WR_NONE;
    int64_t saving = 0;
    if (slot == WR_NONE || splits == 0) return 0;
    uint8_t *done = WR_NEW0(&p->env->temp, uint8_t, n);
    for (uint32_t i = 0; i < n; i++) {
        if (done[i]) continue;
        uint32_t *class = WR_NEW(&p->env->temp, uint32_t, n - i), count = 0;
        for (uint32_t k = i; k < n; k++) {
            if (p->group->slots[members[k]][slot] != p->group->slots[members[i]][slot]) continue;
            class[count++] = members[k];
            done[k] = 1;
        }
        if (count > 1) saving += plan(p, class, count, splits - 1, merges);
    }
    return saving;
}

static int64_t plan(const planner *p, const uint32_t *members, uint32_t n, unsigned splits,
                    wr_parameterized_list *merges) {
    wr_parameterized whole;
    wr_check(p->env);
    bool pays = make_merged(p->b, p->env, p->group, members, n, &whole);
    uint32_t before = merges->n;
    int64_t split = plan_split(p, members, n, splits, merges);
    if (!pays || split >= whole.saving) return split;
    merges->n = before;
    WR_PUSH(&p->env->temp, *merges, whole);
    return whole.saving;
}

int64_t wr_merge_similar_plan(const wr_parameterizer *b, wr_env *env, const wr_similar_func *group,
                              const uint32_t *members, uint32_t n, wr_parameterized_list *merges) {
    planner p = {b, env, group};
    return plan(&p, members, n, MAX_SPLITS, merges);
}

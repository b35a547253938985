// simplify-cfg: expresses control flow in fewer bytes and fewer branches. Blocks that nothing branches to are
// removed, branches are threaded to their final target, blocks become ifs, and ifs become branches and
// selects.
//
//   block $l  local.get 0  br_if $l  A  end        ->    local.get 0  i32.eqz  if  A  end
//   local.get 0  if  br $m  end                    ->    local.get 0  br_if $m
//
// Each part is in a file of its own:
//
//   simplify_cfg_jumps.c       threads jumps, drops needless branches, inverts pairs of branches
//   simplify_cfg_tables.c      gives br_table fewer targets
//   simplify_cfg_blocks.c      removes and merges blocks, turns them into ifs, narrows them
//   simplify_cfg_ifs.c         removes empty arms, turns ifs into branches, adds or removes an else
//   simplify_cfg_select.c      if-conversion: turns ifs into selects
//   simplify_cfg_conditions.c  joins two conditions that are tested one after the other
//   simplify_cfg_targets.c     finds jump targets, for the above
//   simplify_cfg_rebuild.c     rebuilds the body after changes
//   simplify_cfg_finish.c      writes its final form
//   simplify_cfg_enclose.c     keeps the outermost block where Binaryen needs it
//
// The parts run one after another until nothing changes, MAX_ROUNDS times at most. All are linear in the size
// of the body. The code never gets slower: speculative execution is for -Os and -Oz, or for a few cheap
// instructions.
#include "simplify_cfg.h"
#include "passes/manager/pass.h"

#define MAX_ROUNDS 6
#define MAX_GAP 64 // the most empty places that a search looks past

// --- What the parts share ---

uint32_t wr_simplify_cfg_place_before(const wr_simplify_cfg *b, uint32_t i) {
    unsigned n = 0;
    while (i-- > 0 && b->body->ins[i].op == WR_OP_NOP && n++ < MAX_GAP) {}
    return i;
}

uint32_t wr_simplify_cfg_place_after(const wr_simplify_cfg *b, uint32_t i) {
    unsigned n = 0;
    while (b->body->ins[++i].op == WR_OP_NOP && n++ < MAX_GAP) {}
    return i;
}

int wr_simplify_cfg_negation_cost(const wr_simplify_cfg *b, uint32_t i) {
    unsigned y = b->body->ins[i].y;
    if (y & WR_Y_NEGATED) return -1;
    return y ? 1 : wr_op_opposite(b->body->ins[wr_simplify_cfg_place_before(b, i)].op) ? 0 : 1;
}

void wr_simplify_cfg_open_before(wr_simplify_cfg *b, uint32_t name, uint32_t place) {
    b->chain[name] = b->moved[place];
    b->moved[place] = name;
    b->moves_ends = false;
    b->any = true;
}

// The blocks that are to end at one place form a ring; `moved` holds the one that ends last.
void wr_simplify_cfg_close_before(wr_simplify_cfg *b, uint32_t name, uint32_t place) {
    uint32_t last = b->moved[place];
    b->chain[name] = last == WR_NONE ? name : b->chain[last];
    if (last != WR_NONE) b->chain[last] = name;
    b->moved[place] = name;
    b->moves_ends = true;
    b->any = true;
}

bool wr_simplify_cfg_result(const wr_simplify_cfg *b, uint32_t name, wr_ins *type) {
    const wr_type *own = wr_func_type(b->c->m, b->body->func);
    *type = (wr_ins){.x = b->blocks[name].ins.x, .a = b->blocks[name].ins.a};
    if (name == 0) {
        type->x = own->nresults ? WR_BLOCK_VALUE : WR_BLOCK_EMPTY;
        type->a = own->nresults ? own->values[own->nparams] : 0;
    }
    return b->blocks[name].nresults <= 1 && type->x != WR_BLOCK_TYPE;
}

// --- The pass ---

static bool has_blocks(const wr_body *body) {
    for (uint32_t i = 0; i + 1 < body->n; i++)
        if (wr_is_control(body->ins[i].op)) return true;
    return false;
}

// A rebuild adds at most one instruction behind each block, and some where conditions are joined; `room` is
// for the latter.
static void make_room(wr_simplify_cfg *b) {
    wr_arena *temp = &b->env->temp;
    uint32_t n = b->body->n;
    b->room = n / 16 + 64;
    b->cap = n + b->names + b->room;
    b->blocks = WR_NEW0(temp, wr_simplify_cfg_block, b->names);
    b->chain = WR_NEW(temp, uint32_t, b->names);
    b->height = WR_NEW(temp, uint32_t, b->cap);
    b->moved = WR_NEW(temp, uint32_t, b->cap);
    memset(b->moved, 0xff, b->cap * sizeof(uint32_t));
    b->control = WR_NEW(temp, uint32_t, b->cap);
    b->spare = WR_NEW(temp, wr_ins, b->cap);
}

bool wr_simplify_cfg_begin(wr_simplify_cfg *b) {
    b->names = wr_labels_name(&b->env->temp, b->body);
    return wr_simplify_cfg_restart(b);
}

// The instructions move to an array of `cap` places, since the one they come from has no room for more.
bool wr_simplify_cfg_restart(wr_simplify_cfg *b) {
    make_room(b);
    wr_ins *decoded = b->body->ins;
    size_t size = b->body->n * sizeof *decoded;
    if (!wr_simplify_cfg_rebuild(b)) return false;
    if (size >= WR_BIG_BLOCK) wr_arena_give_back(&b->env->temp, decoded);
    b->spare = WR_NEW(&b->env->temp, wr_ins, b->cap);
    return true;
}

// Runs a part, and rebuilds if the part changed something. Returns false if the rebuilt body is not
// understood.
static bool run_part(wr_simplify_cfg *b, void (*part)(wr_simplify_cfg *), bool *changed) {
    b->any = false;
    part(b);
    *changed |= b->any;
    return !b->any || wr_simplify_cfg_rebuild(b);
}

static bool run_round(wr_simplify_cfg *b) {
    bool changed = false;
    return run_part(b, wr_simplify_cfg_thread_jumps, &changed) &&
           run_part(b, wr_simplify_cfg_merge_blocks, &changed) &&
           run_part(b, wr_simplify_cfg_shorten_ifs, &changed) && changed;
}

bool wr_edit_simplify_cfg(wr_env *env, const wr_context *c, wr_body *body) {
    wr_simplify_cfg b = {.env = env, .c = c, .body = body};
    if (!has_blocks(body)) return false;
    if (!wr_simplify_cfg_begin(&b)) return false;
    for (unsigned round = 0; round < MAX_ROUNDS && run_round(&b); round++) {}
    wr_simplify_cfg_finish(&b);
    return true;
}

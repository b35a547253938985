// Lays out the segments of a Go function anew, so that jumps become branches.
//
//   i32.const k  local.set 0  br $dispatch     ;; Go's jump: the br_table then finds segment k
// becomes
//   br $k                                      ;; forward: to the end of a block before segment k
//   br $loop                                   ;; a back edge: to a loop of its own, header first
//
// Limits: a loop with a resume point other than its header is left as it is, because it would have to be
// entered through its header, which would have to test in every iteration where to continue. (That was tried:
// esbuild at -O3 took 1.2 times as long, since V8 has more to compile.) So mostly innermost loops without
// calls are made. A jump that has no such form (backward to a segment that is no header) uses the dispatch as
// before.
#include "go_layout.h"

#include "go_flow.h"

typedef struct layout {
    wr_go_flow *flow;
    wr_go_code *code;
    wr_go_list out;
    uint32_t *first, *last; // by header, or n for the function: the first and last item in it, or WR_NONE
    uint32_t *next;         // by segment or header: the next item in the same loop
    uint32_t *place;        // by segment: its position in the new order
    uint32_t *loop_label;   // by header: the label of its loop
    uint8_t *resumes;       // by PC_B: a resume point
} layout;

static uint32_t level_of(const layout *o, uint32_t head) { return head == WR_NONE ? o->flow->n : head; }

// The loop that a segment (or, for a header, its loop) is placed in.
static uint32_t around(const layout *o, uint32_t s) {
    const wr_go_segment *segment = &o->flow->segments[s];
    return segment->loop == s ? segment->outer : segment->loop;
}

// --- Order ---

static void append(layout *o, uint32_t s) {
    uint32_t level = level_of(o, around(o, s));
    if (o->first[level] == WR_NONE)
        o->first[level] = s;
    else
        o->next[o->last[level]] = s;
    o->last[level] = s;
}

// Reverse postorder, except that loops stay contiguous. The target of a jump comes after it unless it is a
// header.
static void choose_order(layout *o) {
    uint32_t n = o->flow->n;
    uint8_t *placed = WR_NEW0(o->code->arena, uint8_t, n);
    memset(o->first, 0xff, (n + 1) * sizeof *o->first);
    memset(o->next, 0xff, (n + 1) * sizeof *o->next);
    for (uint32_t i = o->flow->nreached; i-- > 0;) {
        for (uint32_t item = o->flow->postorder[i]; item != WR_NONE && !placed[item];
             item = around(o, item)) {
            placed[item] = 1;
            append(o, item);
        }
    }
}

static uint32_t number_level(layout *o, uint32_t level, uint32_t at) {
    if (level < o->flow->n) o->place[level] = at++;
    for (uint32_t s = o->first[level]; s != WR_NONE; s = o->next[s]) {
        if (wr_go_is_head(o->flow, s))
            at = number_level(o, s, at);
        else
            o->place[s] = at++;
    }
    return at;
}

// --- Edges ---

static bool is_back(const layout *o, uint32_t from, uint32_t to) {
    return wr_go_is_head(o->flow, to) && wr_go_in_loop(o->flow, from, to);
}

static bool is_forward(const layout *o, uint32_t from, uint32_t to) {
    return wr_go_in_loop(o->flow, from, around(o, to)) && o->place[to] > o->place[from];
}

// Marks the targets that must be reached through the dispatch. Returns false if that would enter a loop other
// than at its header.
static bool mark_through_dispatch(layout *o) {
    const wr_go_flow *flow = o->flow;
    for (uint32_t e = 0; e < flow->edges.n; e++) {
        wr_go_edge edge = flow->edges.v[e];
        bool is_branch = is_back(o, edge.from, edge.to) || is_forward(o, edge.from, edge.to);
        if (is_branch || !flow->segments[edge.from].reached) continue;
        if (around(o, edge.to) != WR_NONE) return false;
        o->resumes[edge.pc_b] = 1;
    }
    return true;
}

// --- Writing ---

static void put(layout *o, wr_ins ins, uint32_t label) {
    wr_go_ins item = {ins, label};
    WR_PUSH(o->code->arena, o->out, item);
}

static void put_op(layout *o, unsigned op, uint32_t a) { put(o, (wr_ins){.op = (uint16_t)op, .a = a}, 0); }

static void put_const(layout *o, uint32_t value) { put(o, (wr_ins){.op = WR_OP_I32_CONST, .b = value}, 0); }

static void put_block(layout *o, unsigned op, uint32_t label) {
    put(o, (wr_ins){.op = (uint16_t)op, .x = WR_BLOCK_EMPTY}, label);
}

static void put_end(layout *o, uint32_t label) { put(o, (wr_ins){.op = WR_OP_END}, label); }

static void put_branch(layout *o, uint32_t label) { put(o, (wr_ins){.op = WR_OP_BR}, label); }

static void put_edge(layout *o, uint32_t from, uint32_t to, uint32_t pc_b) {
    if (is_back(o, from, to)) {
        put_branch(o, o->loop_label[to]);
    } else if (is_forward(o, from, to)) {
        put_branch(o, o->flow->segments[to].label);
    } else {
        put_const(o, pc_b);
        put_op(o, WR_OP_LOCAL_SET, 0);
        put_branch(o, o->code->loop);
    }
}

// Writes a segment with its jumps. The segment that it fell into may no longer come next.
static void put_segment(layout *o, uint32_t s) {
    const wr_go_flow *flow = o->flow;
    const wr_go_segment *segment = &flow->segments[s];
    uint32_t edge = segment->first_edge;
    for (uint32_t i = segment->from; i < segment->to; i++) {
        if (wr_go_is_jump(o->code, i)) {
            put_edge(o, s, flow->edges.v[edge].to, flow->edges.v[edge].pc_b);
            edge++;
            i += 2;
        } else {
            put(o, o->code->list.v[i].ins, o->code->list.v[i].label);
        }
    }
    if (!segment->falls) return;
    if (s + 1 < flow->n)
        put_edge(o, s, s + 1, flow->segments[s + 1].pc_b);
    else
        put_op(o, WR_OP_UNREACHABLE, 0);
}

// Opens the blocks of the items of a loop or of the function, outermost first, which is the last to end.
static void open_level(layout *o, uint32_t level) {
    wr_u32s items = {0};
    for (uint32_t s = o->first[level]; s != WR_NONE; s = o->next[s]) WR_PUSH(o->code->arena, items, s);
    while (items.n) put_block(o, WR_OP_BLOCK, o->flow->segments[items.v[--items.n]].label);
}

static void put_level(layout *o, uint32_t level);

static void put_loop(layout *o, uint32_t head) {
    put_block(o, WR_OP_LOOP, o->loop_label[head]);
    open_level(o, head);
    put_segment(o, head);
    put_level(o, head);
    put_end(o, o->loop_label[head]);
}

static void put_level(layout *o, uint32_t level) {
    for (uint32_t s = o->first[level]; s != WR_NONE; s = o->next[s]) {
        put_end(o, o->flow->segments[s].label);
        if (wr_go_is_head(o->flow, s))
            put_loop(o, s);
        else
            put_segment(o, s);
    }
}

static void put_all(layout *o) {
    wr_go_code *code = o->code;
    wr_go_list old = code->list;
    uint32_t dispatch = code->dispatch;
    for (uint32_t i = 0; i == 0 || old.v[i - 1].ins.op != WR_OP_LOOP; i++)
        put(o, old.v[i].ins, old.v[i].label);
    open_level(o, o->flow->n);
    put_op(o, WR_OP_LOCAL_GET, 0);
    put(o, old.v[dispatch].ins, 0);
    uint32_t at = o->out.n - 1;
    put_level(o, o->flow->n);
    for (uint32_t i = o->flow->tail; i < old.n; i++) put(o, old.v[i].ins, old.v[i].label);
    code->list = o->out;
    code->dispatch = at;
}

static void label_loops(layout *o) {
    for (uint32_t s = 0; s < o->flow->n; s++)
        if (o->flow->segments[s].reached && wr_go_is_head(o->flow, s)) o->loop_label[s] = o->code->nlabels++;
}

static bool lay_out(layout *o) {
    wr_arena *arena = o->code->arena;
    uint32_t **tables[] = {&o->first, &o->last, &o->next, &o->place, &o->loop_label};
    for (unsigned i = 0; i < WR_COUNT(tables); i++) *tables[i] = WR_NEW0(arena, uint32_t, o->flow->n + 1);
    label_loops(o);
    choose_order(o);
    number_level(o, o->flow->n, 0);
    if (!mark_through_dispatch(o)) return false;
    put_all(o);
    return true;
}

wr_go_layout wr_go_lay_out(wr_go_code *code, uint8_t *resumes, bool wants_loops) {
    wr_go_flow flow;
    wr_go_layout result = {0};
    if (!wr_go_read_flow(code, resumes, &flow)) return result;
    result.has_loops = wr_go_find_loops(&flow, wants_loops);
    layout o = {.flow = &flow, .code = code, .resumes = resumes};
    result.done = lay_out(&o);
    return !result.done && wants_loops ? wr_go_lay_out(code, resumes, false) : result;
}

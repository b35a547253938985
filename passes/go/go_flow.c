// Segments and natural loops of a Go function. See go_flow.h. Dominators are computed as by Cooper, Harvey
// and Kennedy ("A Simple, Fast Dominance Algorithm"). A natural loop consists of a header and all segments
// that reach one of its back edges without passing the header.
#include "go_flow.h"

#define STEPS_PER_SEGMENT 200 // far more than any function needs that a compiler wrote

// --- Segments ---

static bool leaves(const wr_go_list *l, uint32_t i) {
    unsigned op = l->v[i].ins.op;
    return op == WR_OP_BR || op == WR_OP_RETURN || op == WR_OP_UNREACHABLE;
}

// Marks the labels of the blocks between the loop and its dispatch. Returns their number, or 0 if anything
// else is there.
static uint32_t mark_blocks(const wr_go_code *code, uint8_t *is_block) {
    const wr_go_list *l = &code->list;
    uint32_t i = 0, n = 0;
    while (!wr_go_is(l, i, WR_OP_LOOP)) i++;
    if (l->v[i].ins.x != WR_BLOCK_EMPTY) return 0;
    for (i++; i + 1 < code->dispatch; i++, n++) {
        if (!wr_go_is(l, i, WR_OP_BLOCK) || l->v[i].ins.x != WR_BLOCK_EMPTY) return 0;
        is_block[l->v[i].label] = 1;
    }
    return n;
}

static bool find_segments(wr_go_flow *flow) {
    wr_go_code *code = flow->code;
    const wr_go_list *l = &code->list;
    uint8_t *is_block = WR_NEW0(code->arena, uint8_t, code->nlabels);
    uint32_t n = mark_blocks(code, is_block);
    if (!n || !wr_go_is(l, code->dispatch + 1, WR_OP_END)) return false;
    flow->segments = WR_NEW0(code->arena, wr_go_segment, n + 1);
    for (uint32_t i = code->dispatch + 1; i < l->n; i++) {
        const wr_go_ins *item = &l->v[i];
        bool jumps = item->ins.op == WR_OP_BR || item->ins.op == WR_OP_BR_IF;
        if (jumps && is_block[item->label]) return false;
        if (item->ins.op != WR_OP_END || (!is_block[item->label] && item->label != code->loop)) continue;
        if (flow->n) flow->segments[flow->n - 1].to = flow->tail = i;
        if (item->label == code->loop) break;
        flow->by_label[item->label] = flow->n;
        flow->segments[flow->n++] = (wr_go_segment){
            .from = i + 1, .label = item->label, .pc_b = WR_NONE, .loop = WR_NONE, .outer = WR_NONE};
    }
    return flow->n == n && wr_go_is(l, flow->tail, WR_OP_END) && l->v[flow->tail].label == code->loop;
}

static void find_edges(wr_go_flow *flow) {
    wr_go_code *code = flow->code;
    for (uint32_t s = 0; s < flow->n; s++) {
        wr_go_segment *segment = &flow->segments[s];
        segment->first_edge = flow->edges.n;
        for (uint32_t i = segment->from; i < segment->to; i++) {
            if (!wr_go_is_jump(code, i)) continue;
            uint32_t pc_b = (uint32_t)code->list.v[i].ins.b;
            if (pc_b >= code->ntargets) pc_b = code->ntargets - 1;
            wr_go_edge edge = {s, flow->by_label[wr_go_target(code, pc_b)], pc_b};
            WR_PUSH(code->arena, flow->edges, edge);
        }
        segment->falls = segment->from == segment->to || !leaves(&code->list, segment->to - 1);
        wr_go_edge next = {s, s + 1, flow->segments[s + 1].pc_b};
        if (segment->falls && s + 1 < flow->n) WR_PUSH(code->arena, flow->edges, next);
    }
    flow->segments[flow->n].first_edge = flow->edges.n;
}

bool wr_go_read_flow(wr_go_code *code, const uint8_t *resumes, wr_go_flow *flow) {
    *flow = (wr_go_flow){.code = code, .by_label = WR_NEW(code->arena, uint32_t, code->nlabels)};
    memset(flow->by_label, 0xff, code->nlabels * sizeof *flow->by_label);
    if (!code->loop || !find_segments(flow)) return false;
    for (uint32_t k = 0; k < code->ntargets; k++) {
        uint32_t s = flow->by_label[code->targets[k]];
        if (s == WR_NONE) return false;
        if (flow->segments[s].pc_b == WR_NONE) flow->segments[s].pc_b = k;
        flow->segments[s].resumes |= resumes[k];
    }
    for (uint32_t s = 0; s < flow->n; s++)
        if (flow->segments[s].pc_b == WR_NONE) return false;
    find_edges(flow);
    // Control that falls out of the loop can only meet a trap. That holds in Go's own code, but not in code
    // that other tools changed.
    return !flow->segments[flow->n - 1].falls || wr_go_is(&code->list, flow->tail + 1, WR_OP_UNREACHABLE);
}

// --- Dominators ---

typedef struct finder {
    wr_go_flow *flow;
    wr_arena *arena;
    uint32_t *post;  // by segment: its postorder number; the root, n, has the highest
    uint32_t *order; // segments by postorder number
    uint32_t reached;
    uint32_t *idom;
    uint32_t *first_pred, *preds;
    uint64_t steps; // steps that are left
} finder;

static bool takes_step(finder *f) { return f->steps && f->steps--; }

static void number_from(finder *f, uint32_t root, uint32_t *stack, uint32_t *next) {
    const wr_go_flow *flow = f->flow;
    uint32_t depth = 0;
    if (flow->segments[root].reached) return;
    flow->segments[root].reached = true;
    stack[depth++] = root;
    while (depth) {
        uint32_t s = stack[depth - 1];
        if (next[s] == flow->segments[s + 1].first_edge) {
            f->post[s] = f->reached;
            f->order[f->reached++] = s;
            depth--;
            continue;
        }
        uint32_t to = flow->edges.v[next[s]++].to;
        if (flow->segments[to].reached) continue;
        flow->segments[to].reached = true;
        stack[depth++] = to;
    }
}

// Numbers the segments that are reachable from the entry, then those that are only reachable from resume
// points.
static void number_all(finder *f, uint8_t *is_root) {
    uint32_t n = f->flow->n;
    uint32_t *stack = WR_NEW(f->arena, uint32_t, n), *next = WR_NEW(f->arena, uint32_t, n);
    for (uint32_t s = 0; s < n; s++) next[s] = f->flow->segments[s].first_edge;
    for (uint32_t s = 0; s < n; s++) {
        is_root[s] = !f->flow->segments[s].reached && (s == 0 || f->flow->segments[s].resumes);
        if (is_root[s]) number_from(f, s, stack, next);
    }
    f->post[n] = f->reached;
}

static void gather_preds(finder *f) {
    const wr_go_flow *flow = f->flow;
    f->first_pred = WR_NEW0(f->arena, uint32_t, flow->n + 2);
    f->preds = WR_NEW(f->arena, uint32_t, flow->edges.n + 1);
    for (uint32_t e = 0; e < flow->edges.n; e++) f->first_pred[flow->edges.v[e].to + 2]++;
    for (uint32_t s = 0; s < flow->n; s++) f->first_pred[s + 2] += f->first_pred[s + 1];
    for (uint32_t e = 0; e < flow->edges.n; e++)
        f->preds[f->first_pred[flow->edges.v[e].to + 1]++] = flow->edges.v[e].from;
}

static uint32_t common_dominator(finder *f, uint32_t a, uint32_t b) {
    while (a != b && takes_step(f)) {
        while (f->post[a] < f->post[b]) a = f->idom[a];
        while (f->post[b] < f->post[a]) b = f->idom[b];
    }
    return a;
}

static bool improve_dominator(finder *f, uint32_t s, bool is_root) {
    uint32_t best = is_root ? f->flow->n : WR_NONE;
    for (uint32_t i = f->first_pred[s]; i < f->first_pred[s + 1]; i++) {
        uint32_t pred = f->preds[i];
        if (!f->flow->segments[pred].reached || f->idom[pred] == WR_NONE) continue;
        best = best == WR_NONE ? pred : common_dominator(f, pred, best);
    }
    bool changed = best != f->idom[s];
    f->idom[s] = best;
    return changed;
}

static void find_dominators(finder *f, const uint8_t *is_root) {
    bool changed = true;
    f->idom = WR_NEW(f->arena, uint32_t, f->flow->n + 1);
    memset(f->idom, 0xff, (f->flow->n + 1) * sizeof *f->idom);
    f->idom[f->flow->n] = f->flow->n;
    while (changed && takes_step(f)) {
        changed = false;
        for (uint32_t i = f->reached; i-- > 0 && takes_step(f);)
            changed |= improve_dominator(f, f->order[i], is_root[f->order[i]]);
    }
}

static bool dominates(finder *f, uint32_t a, uint32_t b) {
    while (f->post[b] < f->post[a] && takes_step(f)) b = f->idom[b];
    return a == b;
}

// --- Loops ---

static uint32_t outermost(finder *f, uint32_t s) {
    const wr_go_segment *segments = f->flow->segments;
    uint32_t loop = segments[s].loop;
    while (loop != WR_NONE && segments[loop].outer != WR_NONE && takes_step(f)) loop = segments[loop].outer;
    return loop;
}

static void push_preds(finder *f, wr_u32s *work, uint32_t s) {
    for (uint32_t i = f->first_pred[s]; i < f->first_pred[s + 1]; i++)
        if (f->flow->segments[f->preds[i]].reached) WR_PUSH(f->arena, *work, f->preds[i]);
}

// Adds to the loop everything that reaches the sources of back edges, in `work`, without passing the header.
// Inner loops are found already, since headers are visited in postorder.
static void fill_loop(finder *f, uint32_t head, wr_u32s *work) {
    wr_go_segment *segments = f->flow->segments;
    segments[head].loop = head;
    while (work->n && takes_step(f)) {
        uint32_t s = work->v[--work->n], loop = outermost(f, s);
        if (loop == head) continue;
        if (loop == WR_NONE)
            segments[s].loop = head;
        else
            segments[loop].outer = head;
        push_preds(f, work, loop == WR_NONE ? s : loop);
    }
}

static void find_loop(finder *f, uint32_t head, wr_u32s *work) {
    for (uint32_t i = f->first_pred[head]; i < f->first_pred[head + 1]; i++) {
        uint32_t from = f->preds[i];
        if (f->flow->segments[from].reached && f->post[from] <= f->post[head] && dominates(f, head, from))
            WR_PUSH(f->arena, *work, from);
    }
    if (work->n) fill_loop(f, head, work);
}

static bool is_shallow(const wr_go_flow *flow) {
    for (uint32_t s = 0; s < flow->n; s++) {
        uint32_t depth = 0;
        for (uint32_t loop = flow->segments[s].loop; loop != WR_NONE; loop = flow->segments[loop].outer)
            if (++depth > WR_GO_DEEPEST_LOOP) return false;
    }
    return true;
}

static void forget_loops(wr_go_flow *flow) {
    for (uint32_t s = 0; s < flow->n; s++) flow->segments[s].loop = flow->segments[s].outer = WR_NONE;
}

// Discards loops with resume points other than their headers.
static void forget_entered_loops(wr_go_flow *flow) {
    wr_go_segment *segments = flow->segments;
    uint8_t *goes = WR_NEW0(flow->code->arena, uint8_t, flow->n);
    for (uint32_t s = 0; s < flow->n; s++) {
        if (!segments[s].reached || !segments[s].resumes) continue;
        for (uint32_t loop = segments[s].loop; loop != WR_NONE; loop = segments[loop].outer)
            goes[loop] |= loop != s;
    }
    // A loop around a discarded loop contains the same resume points, so it is discarded as well.
    for (uint32_t s = 0; s < flow->n; s++) {
        uint32_t outer = segments[s].outer;
        if (outer != WR_NONE && goes[outer]) segments[s].outer = WR_NONE;
    }
    for (uint32_t s = 0; s < flow->n; s++)
        if (segments[s].loop != WR_NONE && goes[segments[s].loop]) segments[s].loop = WR_NONE;
}

static bool has_loop(const wr_go_flow *flow) {
    for (uint32_t s = 0; s < flow->n; s++)
        if (flow->segments[s].loop != WR_NONE) return true;
    return false;
}

static void find_all_loops(wr_go_flow *flow) {
    uint32_t n = flow->n;
    finder f = {
        .flow = flow, .arena = flow->code->arena, .steps = (uint64_t)(n + flow->edges.n) * STEPS_PER_SEGMENT};
    uint8_t *is_root = WR_NEW0(f.arena, uint8_t, n);
    wr_u32s work = {0};
    f.post = WR_NEW0(f.arena, uint32_t, n + 1);
    f.order = WR_NEW(f.arena, uint32_t, n);
    number_all(&f, is_root);
    gather_preds(&f);
    find_dominators(&f, is_root);
    for (uint32_t i = 0; i < f.reached && f.steps; i++) find_loop(&f, f.order[i], &work);
    if (!f.steps || !is_shallow(flow)) forget_loops(flow);
    flow->postorder = f.order;
    flow->nreached = f.reached;
}

bool wr_go_find_loops(wr_go_flow *flow, bool wants_them) {
    find_all_loops(flow);
    forget_entered_loops(flow);
    bool any = has_loop(flow);
    if (!wants_them) forget_loops(flow);
    return any;
}

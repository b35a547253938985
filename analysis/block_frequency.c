// Estimates block frequencies in one walk over the structured control of a function.
//
//   freq(entry) = 1
//   freq(loop body) = 8 * freq(loop entry), for the six outermost loops
//   P(back edge taken) = 7/8;  P(branch out of n loops taken) = 1/8^n
//   P(any other branch or arm) = 1/2, or 2^-10 if it leads to a trap and the alternative does not
//   freq(after a block) = min(freq(entry), the sum over all edges to its end)
//
// After "Static branch frequency and program profile analysis" (Wu and Larus, 1994), with the facts of
// structured control in place of their heuristics.
#include "block_frequency.h"

#include "ir/walk.h"

#include <math.h>

#define TURNS 8.0
#define DEEPEST 6      // nested loops that multiply the frequency
#define SELDOM 0x1p-10 // probability of a path to a trap or to a handler

// An open block, or the function.
typedef struct nest {
    double in;    // frequency of its entry
    double out;   // frequency of branches, and of ends of arms, to its end
    double other; // frequency of its next arm
    int loops;    // number of loops around its content
    bool is_loop;
} nest;

typedef struct walker {
    wr_walk walk; // its states are nests
    const wr_body *body;
    const uint8_t *traps;
    double now;
} walker;

// By instruction: whether every path from it leads to a trap or throws, without passing through a loop.
static uint8_t *find_traps(wr_arena *arena, const wr_body *body) {
    const wr_ins *ins = body->ins;
    uint8_t *traps = WR_NEW(arena, uint8_t, (size_t)body->n + 1), now = traps[body->n] = 0;
    for (uint32_t i = body->n; i-- > 0; traps[i] = now) {
        if (!wr_is_control(ins[i].op)) continue;
        switch (ins[i].op) {
        case WR_OP_UNREACHABLE:
        case WR_OP_THROW: now = 1; break;
        case WR_OP_IF: now &= traps[body->arm[i] + 1]; break;
        case WR_OP_ELSE: now = traps[body->match[body->match[i]]]; break;
        case WR_OP_END: now &= body->match[i] != WR_NONE; break;
        default: now = 0; break;
        }
    }
    return traps;
}

static nest *innermost(walker *w) { return wr_walk_state(&w->walk, 0); }

static nest *open_block(walker *w, bool is_loop) {
    int loops = innermost(w)->loops + is_loop;
    nest *block = wr_walk_enter(&w->walk);
    *block = (nest){.in = w->now, .loops = loops, .is_loop = is_loop};
    if (is_loop && loops <= DEEPEST) w->now *= TURNS;
    return block;
}

static void open_if(walker *w, uint32_t i) {
    double first = w->traps[i + 1] ? SELDOM : w->traps[w->body->arm[i] + 1] ? 1 - SELDOM : 0.5;
    open_block(w, false)->other = w->now * (1 - first);
    w->now *= first;
}

static void next_arm(walker *w, bool is_handler) {
    nest *block = innermost(w);
    block->out += w->now;
    w->now = is_handler ? block->in * SELDOM : block->other;
    block->other = 0;
}

static void close_block(walker *w) {
    nest *block = innermost(w);
    if (!block->is_loop) w->now += block->out + block->other;
    if (w->now > block->in) w->now = block->in;
}

static double likelihood(walker *w, uint32_t i, const nest *to) {
    int loops_left = innermost(w)->loops - to->loops;
    if (w->traps[i + 1]) return 1 - SELDOM;
    if (!loops_left) return to->is_loop ? 1 - 1 / TURNS : 0.5;
    double likely = 1;
    for (; loops_left; loops_left--) likely /= TURNS;
    return likely;
}

static void branch(walker *w, uint32_t label, double times) {
    nest *to = wr_walk_state(&w->walk, label);
    to->out += times;
}

static void branch_if(walker *w, uint32_t i) {
    uint32_t label = wr_ins_label(&w->body->ins[i]);
    double times = w->now * likelihood(w, i, wr_walk_state(&w->walk, label));
    branch(w, label, times);
    w->now -= times;
}

static void branch_table(walker *w, const wr_ins *ins) {
    for (uint32_t i = 0; i <= ins->a; i++) branch(w, w->body->ext.v[ins->b + i], w->now / (ins->a + 1.0));
    w->now = 0;
}

static void step(walker *w, uint32_t i) {
    const wr_ins *ins = &w->body->ins[i];
    if (ins->op == WR_OP_IF)
        open_if(w, i);
    else if (wr_opens_block(ins->op))
        open_block(w, ins->op == WR_OP_LOOP);
    else if (wr_begins_arm(ins->op))
        next_arm(w, ins->op != WR_OP_ELSE);
    else if (wr_closes_block(ins->op))
        close_block(w);
    else if (ins->op == WR_OP_BR_TABLE)
        branch_table(w, ins);
    else if (ins->op == WR_OP_BR)
        branch(w, wr_ins_label(ins), w->now);
    else if (wr_is_branch(ins->op))
        branch_if(w, i);
    if (wr_never_goes_on(ins->op)) w->now = 0;
}

static int8_t level_of(double times) {
    const int most = WR_FREQUENCY_MIN + WR_FREQUENCIES - 1, least = WR_FREQUENCY_MIN + 1;
    if (times < 0x1p-30) return (int8_t)least;
    int level = ilogb(times * 1.4142135623730951); // rounded in the logarithm
    return (int8_t)(level < least ? least : level > most ? most : level);
}

int8_t *wr_block_frequency(wr_arena *arena, const wr_body *body) {
    int8_t *levels = WR_NEW(arena, int8_t, body->n), level = 0;
    walker w = {wr_walk_with(arena, body, sizeof(nest)), body, find_traps(arena, body), .now = 1};
    for (uint32_t i = 0; i < body->n; i++) {
        levels[i] = w.traps[i] ? WR_FREQUENCY_MIN : level;
        if (!wr_is_control(body->ins[i].op)) continue;
        double before = w.now;
        wr_walk_to(&w.walk, i);
        step(&w, i);
        if (w.now != before) level = level_of(w.now);
    }
    return levels;
}

int8_t *wr_block_frequency_loops(wr_arena *arena, const wr_body *body) {
    int8_t *levels = WR_NEW(arena, int8_t, body->n);
    const uint8_t *traps = find_traps(arena, body);
    int depth = 0;
    int8_t level = 0;
    for (uint32_t i = 0; i < body->n; i++) {
        unsigned op = body->ins[i].op;
        levels[i] = traps[i] ? WR_FREQUENCY_MIN : level;
        if (op > WR_LAST_BLOCK_OP) continue;
        if (op == WR_OP_LOOP) depth++;
        if (op == WR_OP_END && body->match[i] != WR_NONE && body->ins[body->match[i]].op == WR_OP_LOOP)
            depth--;
        level = (int8_t)((depth < WR_FREQUENCY_LOOPS ? depth : WR_FREQUENCY_LOOPS) * WR_FREQUENCIES_PER_LOOP);
    }
    return levels;
}

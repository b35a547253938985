// Side tables of passes, see state.h.
#include "state.h"

void wr_pass_state_extend(wr_env *env, wr_pass_state *state, uint32_t nfuncs) {
    if (nfuncs > state->cap) {
        uint32_t cap = nfuncs + nfuncs / 8 + 64;
        state->funcs =
            wr_grow(&env->perm, state->funcs, state->cap * sizeof *state->funcs, cap * sizeof *state->funcs);
        state->cap = cap;
    }
    if (nfuncs > state->nfuncs)
        memset(state->funcs + state->nfuncs, 0, (nfuncs - state->nfuncs) * sizeof *state->funcs);
    state->nfuncs = nfuncs;
}

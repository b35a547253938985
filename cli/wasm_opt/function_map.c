// Lists functions as wasm-opt does: names come from the name section. Without a name, an import is called
// fimport$N and any other function N, each counted from the first of its kind.
#include "function_map.h"

#include "ir/decode/decode.h"
#include "ir/names.h"

void wr_function_map_list(wr_env *env, wr_slice module, wr_buf *out) {
    wr_module m;
    wr_decode_module(env, module, &m);
    const wr_slice *names = wr_names_of(env, &m, WR_FUNC);
    for (uint32_t i = 0; i < m.nfuncs; i++) {
        wr_put_format(out, "%u:", i);
        if (names[i].n)
            wr_put_slice(out, names[i]);
        else if (i < m.nfunc_imports)
            wr_put_format(out, "fimport$%u", i);
        else
            wr_put_format(out, "%u", i - m.nfunc_imports);
        wr_put_u8(out, '\n');
    }
}

// From words to nodes of the reference graph, and back. A word is an index ("17", "func[17]"), a name, or a
// part of the readable names of functions.
#include "queries.h"

#include <stdlib.h>

// The name of its symbol, or else of its segment.
static wr_slice piece_name(wr_arena *arena, const wr_audit *a, const wr_piece *piece) {
    const wr_data_symbol *symbol = wr_linking_find_data_symbol(&a->linking, piece->data, piece->offset);
    wr_buf b = wr_buf_in(arena);
    if (symbol) {
        wr_put_slice(&b, wr_data_symbol_text(arena->env, a, symbol));
        if (piece->offset > symbol->offset) wr_put_format(&b, "+%u", piece->offset - symbol->offset);
        return wr_buf_slice(&b);
    }
    if (*a->go_version) { // its linker cuts data into segments at zeros: their numbers say nothing
        wr_put_format(&b, "data at 0x%llx", (unsigned long long)piece->address);
        return wr_buf_slice(&b);
    }
    wr_put_slice(&b, wr_symbols_entity_name(arena, &a->symbols, WR_DATA, piece->data));
    wr_put_format(&b, " at 0x%llx", (unsigned long long)piece->address);
    return wr_buf_slice(&b);
}

wr_slice wr_queries_node_name(wr_arena *arena, const wr_audit *a, uint32_t node) {
    uint32_t index;
    unsigned space = wr_graph_node_space(&a->graph, node, &index);
    if (!node) return wr_slice_str("the host");
    if (space != WR_NO_SPACE) return wr_symbols_entity_name(arena, &a->symbols, space, index);
    return piece_name(arena, a, &a->graph.pieces[index]);
}

static void add_node(wr_env *env, wr_u32s *nodes, uint32_t node) {
    for (uint32_t i = 0; i < nodes->n; i++)
        if (nodes->v[i] == node) return;
    WR_PUSH(&env->perm, *nodes, node);
}

// "17", "func[17]", "data[0]": true if the word has this form, whether or not there is such a thing.
static bool find_indexed(wr_env *env, const wr_audit *a, const char *word, wr_u32s *nodes) {
    static const struct {
        const char *word;
        wr_space space;
    } forms[] = {{"", WR_FUNC},          {"func[", WR_FUNC}, {"table[", WR_TABLE}, {"memory[", WR_MEMORY},
                 {"global[", WR_GLOBAL}, {"tag[", WR_TAG},   {"data[", WR_DATA},   {"elem[", WR_ELEM}};
    for (size_t i = 0; i < WR_COUNT(forms); i++) {
        size_t n = strlen(forms[i].word);
        char *end;
        if (strncmp(word, forms[i].word, n) != 0 || word[n] < '0' || word[n] > '9') continue;
        unsigned long index = strtoul(word + n, &end, 10);
        if (strcmp(end, n ? "]" : "") != 0) continue;
        if (index < wr_space_size(&a->m, forms[i].space))
            add_node(env, nodes, a->graph.base[forms[i].space] + (uint32_t)index);
        return true;
    }
    return false;
}

static void find_whole_names(wr_env *env, const wr_audit *a, const char *word, wr_u32s *nodes) {
    for (uint32_t i = 0; i < a->m.nexports; i++) {
        const wr_export *export = &a->m.exports[i];
        if (wr_slice_is(export->name, word))
            add_node(env, nodes, a->graph.base[export->space] + export->index);
    }
    for (uint32_t f = 0; f < a->m.nfuncs; f++) {
        const wr_symbol *symbol = &a->symbols.funcs[f];
        if (wr_slice_is(symbol->raw, word) || wr_slice_is(symbol->text, word) ||
            wr_slice_is(symbol->family, word))
            add_node(env, nodes, a->graph.base[WR_FUNC] + f);
    }
    for (uint32_t i = 0; i < a->m.nglobals; i++)
        if (wr_slice_is(a->symbols.globals[i], word)) add_node(env, nodes, a->graph.base[WR_GLOBAL] + i);
    for (uint32_t i = 0; i < a->m.ndatas; i++)
        if (wr_slice_is(a->symbols.datas[i], word)) add_node(env, nodes, a->graph.base[WR_DATA] + i);
    for (uint32_t i = 0; i < a->graph.npieces; i++) {
        const wr_piece *piece = &a->graph.pieces[i];
        const wr_data_symbol *symbol = wr_linking_find_data_symbol(&a->linking, piece->data, piece->offset);
        if (symbol && symbol->offset == piece->offset &&
            (wr_slice_is(symbol->name, word) || wr_slice_is(wr_data_symbol_text(env, a, symbol), word)))
            add_node(env, nodes, a->graph.first_piece + i);
    }
}

static void find_parts(wr_env *env, const wr_audit *a, const char *word, wr_u32s *nodes) {
    size_t n = strlen(word);
    for (uint32_t f = 0; n && f < a->m.nfuncs; f++)
        if (memmem(a->symbols.funcs[f].text.p, a->symbols.funcs[f].text.n, word, n))
            WR_PUSH(&env->perm, *nodes, a->graph.base[WR_FUNC] + f);
}

wr_u32s wr_queries_find_nodes(wr_env *env, const wr_audit *a, const char *word) {
    wr_u32s nodes = {0};
    if (!find_indexed(env, a, word, &nodes)) {
        find_whole_names(env, a, word, &nodes);
        if (!nodes.n) find_parts(env, a, word, &nodes);
    }
    if (!nodes.n)
        wr_throw(env, WR_USAGE, WR_NO_OFFSET, "nothing in the module is called \"%.200s\"%s", word,
                 a->symbols.named ? ""
                                  : " (it has no names; give an index, as in func[17], or --symbols=TWIN)");
    return nodes;
}

// Renumbers the names of a component's definitions. Subsection 0 is the component's own name; each subsection
// 1 has a sort and a map from indices to names.
#include "component_names.h"

#include "component_parts.h"

typedef struct name_writer {
    wr_buf *out;
    const wr_component *c;
    const wr_csection *section;
} name_writer;

static void put_names(wr_env *env, const wr_component *c, wr_reader *r, wr_buf *out) {
    const uint8_t *sort_at = r->p;
    wr_sort sort = wr_component_read_sort(r);
    wr_put_bytes(out, sort_at, (size_t)(r->p - sort_at));
    wr_buf names = wr_buf_in(&env->temp);
    uint32_t left = 0;
    for (uint32_t n = wr_read_count(r, 2, "names"); n; n--) {
        uint32_t index = wr_read_u32(r);
        wr_slice name = wr_read_name(r);
        if (index >= c->spaces[sort].n || c->renumbered[sort][index] == WR_NONE) continue;
        wr_put_uleb(&names, c->renumbered[sort][index]);
        wr_put_sized(&names, name);
        left++;
    }
    wr_put_uleb(out, left);
    wr_put_slice(out, wr_buf_slice(&names));
}

static void put_subsections(wr_env *env, void *arg) {
    name_writer *w = arg;
    wr_reader r = wr_reader_of(env, w->section->payload, w->section->offset);
    wr_put_sized(w->out, wr_read_name(&r));
    while (!wr_at_end(&r)) {
        uint8_t id = wr_read_u8(&r);
        uint64_t offset = wr_offset(&r);
        wr_slice body = wr_read_bytes(&r, wr_read_u32(&r));
        wr_buf payload = wr_buf_in(&env->temp);
        wr_reader inner = wr_reader_of(env, body, offset);
        if (id == 1)
            put_names(env, w->c, &inner, &payload);
        else
            wr_put_slice(&payload, body);
        wr_put_u8(w->out, id);
        wr_put_sized(w->out, wr_buf_slice(&payload));
    }
}

void wr_component_put_names(wr_env *env, wr_buf *out, const wr_component *c, const wr_csection *section) {
    size_t from = out->n;
    if (wr_try_input(env, put_subsections, &(name_writer){out, c, section}, NULL)) return;
    out->n = from;
    wr_put_slice(out, section->payload);
}

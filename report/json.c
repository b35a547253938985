// Names in modules may be any bytes where nothing checks them (sections that are skipped when malformed).
#include "json.h"

#include "support/buf.h"
#include "support/reader.h"

static wr_slice repaired(wr_env *env, wr_slice s) {
    wr_buf b = wr_buf_in(&env->temp);
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < 0x80)
            wr_put_u8(&b, s.p[i]);
        else
            wr_put_slice(&b, wr_slice_str("\xef\xbf\xbd"));
    }
    return wr_buf_slice(&b);
}

json_t *wr_json_slice(wr_env *env, wr_slice s) {
    if (!wr_utf8_valid(s)) s = repaired(env, s);
    return json_stringn_nocheck((const char *)s.p, s.n);
}

static int put_chunk(const char *text, size_t n, void *b) {
    wr_put_bytes(b, text, n);
    return 0;
}

typedef struct dumping {
    json_t *value;
    size_t flags;
    wr_buf out;
    bool ok;
} dumping;

static void dump(wr_env *env, void *arg) {
    dumping *d = arg;
    d->out = wr_buf_in(&env->perm);
    d->ok = json_dump_callback(d->value, put_chunk, &d->out, d->flags) == 0;
}

wr_slice wr_json_text(wr_env *env, json_t *value, size_t flags) {
    dumping d = {.value = value, .flags = flags};
    wr_status status = value ? wr_try(env, dump, &d) : WR_NOMEM;
    json_decref(value);
    if (status != WR_OK || !d.ok) wr_throw(env, WR_NOMEM, WR_NO_OFFSET, "out of memory");
    return wr_buf_slice(&d.out);
}

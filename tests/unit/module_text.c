// Puts modules together from hexadecimal text. See module_text.h.
#include "module_text.h"

#include <stdlib.h>

#include "ir/decode/decode.h"
#include "ir/validate/validate.h"
#include "support/buf.h"

void put_hex(wr_buf *b, const char *text, size_t n) {
    for (size_t i = 0; i < n;) {
        if (text[i] == ' ') {
            i++;
            continue;
        }
        char byte[3] = {text[i], text[i + 1], 0};
        wr_put_u8(b, (uint8_t)strtoul(byte, NULL, 16));
        i += 2;
    }
}

static void put_entries(wr_arena *arena, wr_buf *out, const char *text, bool sized) {
    wr_buf entries = wr_buf_in(arena);
    uint32_t count = 0;
    while (*text) {
        size_t n = strcspn(text, ";");
        wr_buf entry = wr_buf_in(arena);
        put_hex(&entry, text, n);
        if (sized)
            wr_put_sized(&entries, wr_buf_slice(&entry));
        else
            wr_put_slice(&entries, wr_buf_slice(&entry));
        count++;
        text += n + (text[n] == ';');
    }
    wr_put_uleb(out, count);
    wr_put_slice(out, wr_buf_slice(&entries));
}

static void put_section(wr_arena *arena, wr_buf *out, uint8_t id, const char *text) {
    if (!text) return;
    wr_buf body = wr_buf_in(arena);
    if (*text == '=')
        put_hex(&body, text + 1, strlen(text + 1));
    else
        put_entries(arena, &body, text, id == WR_SEC_CODE);
    wr_put_u8(out, id);
    wr_put_sized(out, wr_buf_slice(&body));
}

void put_module(wr_arena *arena, wr_buf *out, const module_text *t) {
    wr_put_bytes(out, "\0asm\1\0\0\0", 8);
    put_section(arena, out, WR_SEC_TYPE, t->type);
    put_section(arena, out, WR_SEC_IMPORT, t->import);
    put_section(arena, out, WR_SEC_FUNCTION, t->func);
    put_section(arena, out, WR_SEC_TABLE, t->table);
    put_section(arena, out, WR_SEC_MEMORY, t->memory);
    put_section(arena, out, WR_SEC_TAG, t->tag);
    put_section(arena, out, WR_SEC_GLOBAL, t->global);
    put_section(arena, out, WR_SEC_EXPORT, t->export);
    put_section(arena, out, WR_SEC_START, t->start);
    put_section(arena, out, WR_SEC_ELEMENT, t->elem);
    put_section(arena, out, WR_SEC_DATA_COUNT, t->data_count);
    put_section(arena, out, WR_SEC_CODE, t->code);
    put_section(arena, out, WR_SEC_DATA, t->data);
}

static void decode_and_validate(wr_env *env, void *arg) {
    fixture *f = arg;
    wr_decode_module(env, f->bytes, &f->m);
    wr_validate(&f->pool, &f->m, true);
}

void open_bytes(fixture *f, unsigned jobs) {
    ck_assert_int_eq(wr_pool_init(&f->pool, &f->shared, jobs), WR_OK);
}

void run_bytes(fixture *f) {
    f->status = wr_try(wr_main_env(&f->pool), decode_and_validate, f);
    f->diag = wr_main_env(&f->pool)->diag;
}

typedef struct assembly {
    const module_text *text;
    wr_buf out;
} assembly;

static void assemble(wr_env *env, void *arg) {
    assembly *a = arg;
    a->out = wr_buf_in(&env->perm);
    put_module(&env->perm, &a->out, a->text);
}

void run_text(fixture *f, const module_text *text) {
    open_bytes(f, 2);
    assembly a = {.text = text};
    ck_assert_int_eq(wr_try(wr_main_env(&f->pool), assemble, &a), WR_OK);
    f->bytes = wr_buf_slice(&a.out);
    run_bytes(f);
}

void close_fixture(fixture *f) {
    wr_pool_free(&f->pool);
    ck_assert_uint_eq(atomic_load(&f->shared.mem_used), 0);
}

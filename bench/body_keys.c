// body-keys LIBRARY FILE…: the keys of all functions of linked libraries that have names, a line each: key,
// library, name. "rust" stands for the crate that a name names. For scripts/library-bodies.
#include <stdio.h>

#include "report/audit/audit.h"
#include "report/evidence/body_key.h"
#include "support/file.h"

enum { LONGEST_NAME = 60 };

typedef struct job {
    wr_pool pool;
    wr_slice file;
    const char *library;
} job;

static void print_function(wr_env *env, const job *j, const wr_audit *a, uint32_t func) {
    const wr_symbol *symbol = &a->symbols.funcs[func];
    wr_slice library = strcmp(j->library, "rust") ? wr_slice_str(j->library) : symbol->group,
             name = symbol->text;
    const uint8_t *open = name.n ? memchr(name.p, '(', name.n) : NULL;
    if (open && open > name.p) name.n = (size_t)(open - name.p);
    if (!library.n || !name.n || name.n > LONGEST_NAME || memchr(name.p, '\n', name.n)) return;
    wr_arena_reset(&env->temp);
    printf("%010llx\t%.*s\t%.*s\n", (unsigned long long)(wr_body_key(env, &a->m, func) >> 24), (int)library.n,
           (const char *)library.p, (int)name.n, (const char *)name.p);
}

static void print_keys(wr_env *env, void *arg) {
    job *j = arg;
    wr_audit a;
    wr_audit_make(&j->pool, j->file, &(wr_audit_options){0}, &a);
    for (uint32_t i = a.m.nfunc_imports; i < a.m.nfuncs; i++)
        if (a.symbols.funcs[i].raw.n && a.m.funcs[i].summary.ninstructions >= WR_BODY_KEY_LEAST)
            print_function(env, j, &a, i);
}

int main(int argc, char **argv) {
    for (int i = 2; i < argc; i++) {
        wr_shared shared = {0};
        wr_file file;
        job j = {.library = argv[1]};
        if (wr_file_read(&file, argv[i]) || wr_pool_init(&j.pool, &shared, 1) != WR_OK) return 2;
        j.file = file.bytes;
        if (wr_try(wr_main_env(&j.pool), print_keys, &j) != WR_OK)
            fprintf(stderr, "%s: %s\n", argv[i], wr_main_env(&j.pool)->diag.message);
        wr_pool_free(&j.pool);
        wr_file_free(&file);
    }
}

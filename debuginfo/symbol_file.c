// Symbol files as bytes: a plain header, then lists of numbers compressed with zlib. Numbers are stored as
// differences where neighbours are similar.
#include "symbol_file.h"

#include "support/search.h"

#include <zlib.h>

static const char magic[] = {'w', 's', 'y', 'm', WR_SYMBOL_FILE_VERSION};

// --- Writing ---

static void put_index(wr_buf *out, uint32_t index) {
    wr_put_uleb(out, index == WR_NONE ? 0 : (uint64_t)index + 1);
}

static void put_frames(wr_buf *out, const wr_symbol_file *file) {
    uint32_t line = 0;
    wr_put_uleb(out, file->frames.n);
    for (uint32_t i = 0; i < file->frames.n; i++) {
        const wr_frame *frame = &file->frames.v[i];
        put_index(out, frame->name);
        put_index(out, frame->file);
        wr_put_sleb(out, (int64_t)frame->line - line);
        wr_put_uleb(out, frame->column);
        wr_put_uleb(out, frame->outer == WR_NONE ? 0 : i - frame->outer);
        line = frame->line;
    }
}

static uint32_t rows_end(const wr_symbol_file *file, uint32_t func) {
    return func + 1 < file->funcs.n ? file->funcs.v[func + 1].first : file->rows.n;
}

static void put_func(wr_buf *out, const wr_symbol_file *file, uint32_t index, uint32_t *at, uint32_t *frame) {
    const wr_symbol_func *func = &file->funcs.v[index];
    put_index(out, func->name);
    wr_put_uleb(out, func->flags);
    wr_put_uleb(out, func->at - *at);
    wr_put_uleb(out, func->size);
    uint32_t end = rows_end(file, index), last = func->at;
    wr_put_uleb(out, end - func->first);
    for (uint32_t i = func->first; i < end; i++) {
        const wr_symbol_row *row = &file->rows.v[i];
        uint32_t number = row->frame == WR_NONE ? 0 : row->frame + 1;
        wr_put_uleb(out, row->at - last);
        wr_put_sleb(out, (int64_t)number - *frame);
        last = row->at, *frame = number;
    }
    *at = func->at + func->size;
}

static void put_all(wr_buf *out, const wr_symbol_file *file) {
    wr_put_uleb(out, file->strings.n);
    for (uint32_t i = 0; i < file->strings.n; i++) wr_put_sized(out, file->strings.v[i]);
    put_frames(out, file);
    wr_put_uleb(out, file->nimports);
    for (uint32_t i = 0; i < file->nimports; i++) put_index(out, file->funcs.v[i].name);
    wr_put_uleb(out, file->funcs.n - file->nimports);
    uint32_t at = 0, frame = 0;
    for (uint32_t i = file->nimports; i < file->funcs.n; i++) put_func(out, file, i, &at, &frame);
}

wr_slice wr_symbol_file_write(wr_env *env, const wr_symbol_file *file) {
    wr_buf plain = wr_buf_in(&env->temp), out = wr_buf_in(&env->perm);
    put_all(&plain, file);
    wr_put_bytes(&out, magic, sizeof magic);
    wr_put_uleb(&out, file->module_size);
    wr_put_le64(&out, file->module_hash);
    wr_put_uleb(&out, plain.n);
    uLongf size = compressBound((uLong)plain.n);
    wr_buf_room(&out, size);
    if (compress2(out.p + out.n, &size, plain.p, (uLong)plain.n, Z_DEFAULT_COMPRESSION) != Z_OK)
        wr_throw(env, WR_NOMEM, WR_NO_OFFSET, "out of memory");
    out.n += size;
    return wr_buf_slice(&out);
}

// Escapes a name as Binaryen does: everything except letters, digits and these marks becomes a backslash
// and two hexadecimal digits.
static void put_escaped(wr_buf *out, wr_slice name) {
    static const char marks[] = "!#$%&'*+-./:<=>?@^_`|~";
    for (size_t i = 0; i < name.n; i++) {
        uint8_t c = name.p[i];
        bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                     (c && strchr(marks, c));
        if (plain)
            wr_put_u8(out, c);
        else
            wr_put_format(out, "\\%02x", c);
    }
}

wr_slice wr_symbol_file_text(wr_env *env, const wr_symbol_file *file) {
    wr_buf out = wr_buf_in(&env->perm);
    for (uint32_t i = 0; i < file->funcs.n; i++) {
        uint32_t name = file->funcs.v[i].name;
        wr_put_format(&out, "%u:", i);
        if (name == WR_NONE)
            wr_put_format(&out, "%u", i);
        else
            put_escaped(&out, file->strings.v[name]);
        wr_put_u8(&out, '\n');
    }
    return wr_buf_slice(&out);
}

// --- Reading ---

typedef struct file_reader {
    wr_reader r;
    wr_arena *arena;
    wr_symbol_file *out;
} file_reader;

_Noreturn static void refuse_file(wr_env *env, const char *why) {
    wr_throw(env, WR_USAGE, WR_NO_OFFSET, "symbol file: %s", why);
}

// Reads a number from 1 to n and returns the index; WR_NONE for 0.
static uint32_t read_index(wr_reader *r, uint32_t n) {
    uint32_t number = wr_read_u32(r);
    if (number > n) wr_reader_fail(r, "an index is out of range");
    return number ? number - 1 : WR_NONE;
}

static void read_frames(file_reader *f) {
    uint32_t n = wr_read_count(&f->r, 5, "frames"), line = 0;
    WR_RESERVE(f->arena, f->out->frames, n);
    for (uint32_t i = 0; i < n; i++) {
        wr_frame frame = {.name = read_index(&f->r, f->out->strings.n),
                          .file = read_index(&f->r, f->out->strings.n)};
        frame.line = line += (uint32_t)wr_read_s64(&f->r);
        frame.column = wr_read_u32(&f->r);
        uint32_t back = wr_read_u32(&f->r);
        if (back > i) wr_reader_fail(&f->r, "a frame is inlined into none");
        frame.outer = back ? i - back : WR_NONE;
        WR_PUSH(f->arena, f->out->frames, frame);
    }
}

static void read_func(file_reader *f, uint32_t *at, uint32_t *frame) {
    wr_symbol_func func = {.name = read_index(&f->r, f->out->strings.n), .flags = wr_read_u32(&f->r)};
    func.at = *at + wr_read_u32(&f->r);
    func.size = wr_read_u32(&f->r);
    func.first = f->out->rows.n;
    if (func.at < *at || func.at + func.size < func.at) wr_reader_fail(&f->r, "functions are out of order");
    uint32_t n = wr_read_count(&f->r, 2, "rows"), row_at = func.at;
    for (uint32_t i = 0; i < n; i++) {
        row_at += wr_read_u32(&f->r);
        *frame += (uint32_t)wr_read_s64(&f->r);
        if (*frame > f->out->frames.n) wr_reader_fail(&f->r, "an index is out of range");
        wr_symbol_row row = {row_at, *frame ? *frame - 1 : WR_NONE};
        WR_PUSH(f->arena, f->out->rows, row);
    }
    *at = func.at + func.size;
    WR_PUSH(f->arena, f->out->funcs, func);
}

static void read_all(wr_env *env, void *arg) {
    file_reader *f = arg;
    (void)env;
    uint32_t n = wr_read_count(&f->r, 1, "strings");
    for (uint32_t i = 0; i < n; i++) {
        wr_slice text = wr_read_bytes(&f->r, wr_read_u32(&f->r));
        WR_PUSH(f->arena, f->out->strings, text);
    }
    read_frames(f);
    f->out->nimports = wr_read_count(&f->r, 1, "imports");
    for (uint32_t i = 0; i < f->out->nimports; i++) {
        wr_symbol_func import = {.name = read_index(&f->r, f->out->strings.n)};
        WR_PUSH(f->arena, f->out->funcs, import);
    }
    n = wr_read_count(&f->r, 5, "functions");
    uint32_t at = 0, frame = 0;
    for (uint32_t i = 0; i < n; i++) read_func(f, &at, &frame);
}

#define MOST_EXPANDED 1100 // limit on zlib's expansion, as a multiple of the compressed size

static void read_head(wr_env *env, void *arg) {
    file_reader *f = arg;
    if (wr_left(&f->r) < sizeof magic || memcmp(f->r.p, magic, 4) != 0) refuse_file(env, "this is none");
    if (f->r.p[4] != WR_SYMBOL_FILE_VERSION) refuse_file(env, "it is of another version");
    wr_read_bytes(&f->r, sizeof magic);
    f->out->module_size = wr_read_u64(&f->r);
    f->out->module_hash = wr_read_le64(&f->r);
    uint64_t size = wr_read_u64(&f->r);
    if (size / MOST_EXPANDED > wr_left(&f->r)) refuse_file(env, "its size is wrong");
    uint8_t *plain = wr_alloc(&env->perm, size);
    uLongf got = (uLongf)size;
    if (uncompress(plain, &got, f->r.p, (uLong)wr_left(&f->r)) != Z_OK || got != size)
        refuse_file(env, "it is damaged");
    f->r = wr_reader_of(env, wr_slice_of(plain, size), 0);
    read_all(env, f);
}

void wr_symbol_file_read(wr_env *env, wr_slice bytes, wr_symbol_file *file) {
    *file = (wr_symbol_file){0};
    file_reader f = {.r = wr_reader_of(env, bytes, 0), .arena = &env->perm, .out = file};
    wr_status status = wr_try(env, read_head, &f);
    wr_diag diag = env->diag;
    if (status == WR_BAD_INPUT) refuse_file(env, "it is damaged");
    if (status != WR_OK) wr_rethrow(env, &diag);
}

// --- Lookup ---

wr_slice *wr_symbol_file_files(wr_env *env, const wr_symbol_file *file) {
    wr_slice *files = WR_NEW0(&env->perm, wr_slice, file->funcs.n);
    uint32_t *bytes = WR_NEW0(&env->temp, uint32_t, file->strings.n);
    for (uint32_t f = file->nimports; f < file->funcs.n; f++) {
        const wr_symbol_func *func = &file->funcs.v[f];
        uint32_t end = rows_end(file, f), best = WR_NONE;
        // The first round counts, the second finds the maximum and clears the counts.
        for (unsigned round = 0; round < 2; round++)
            for (uint32_t i = func->first; i < end; i++) {
                const wr_symbol_row *row = &file->rows.v[i];
                uint32_t to = i + 1 < end ? row[1].at : func->at + func->size;
                uint32_t name = row->frame == WR_NONE ? WR_NONE : file->frames.v[row->frame].file;
                if (name == WR_NONE) continue;
                if (round == 0) {
                    bytes[name] += to - row->at;
                    if (best == WR_NONE || bytes[name] > bytes[best]) best = name;
                } else {
                    bytes[name] = 0;
                }
            }
        if (best != WR_NONE) files[f] = file->strings.v[best];
    }
    return files;
}

uint32_t wr_symbol_file_find(const wr_symbol_file *file, uint32_t at, uint32_t *func) {
    uint32_t low;
    *func = WR_NONE;
    WR_SEARCH(low, file->nimports, file->funcs.n, file->funcs.v[low].at + file->funcs.v[low].size <= at);
    if (low == file->funcs.n || file->funcs.v[low].at > at) return WR_NONE;
    *func = low;
    uint32_t frame = WR_NONE, end = rows_end(file, low);
    for (uint32_t i = file->funcs.v[low].first; i < end && file->rows.v[i].at <= at; i++)
        frame = file->rows.v[i].frame;
    return frame;
}

// Reads a trace line by line and writes what the symbol file knows about each line; see symbolicate.h.
#include "symbolicate.h"

#include "report/readers/demangle.h"
#include "report/render/json.h"
#include "trace.h"

// The frames of a line.
typedef struct looked_up {
    wr_trace_place place;
    uint32_t func;  // index, WR_NONE: outside of the module's functions
    uint32_t frame; // innermost, WR_NONE: only the function is known
} looked_up;

static bool look_up(const wr_symbol_file *file, wr_slice line, looked_up *found) {
    *found = (looked_up){.func = WR_NONE, .frame = WR_NONE};
    wr_trace_place *place = &found->place;
    if (!wr_trace_read_line(line, place)) return false;
    // Deno writes 0 for each function, so an offset beside it is all that counts.
    if (!place->func && place->offset != WR_NO_OFFSET) place->func = WR_NONE;
    found->func = place->func < file->funcs.n ? place->func : WR_NONE;
    if (place->offset > UINT32_MAX) return true;
    uint32_t at;
    uint32_t frame = wr_symbol_file_find(file, (uint32_t)place->offset, &at);
    if (found->func != WR_NONE && at != found->func) return true; // a trace of another build
    found->func = at, found->frame = frame;
    return true;
}

// Whether a place can't be one of the module that the symbol file is for.
static bool is_foreign(const wr_symbol_file *file, const looked_up *found) {
    uint32_t at;
    const wr_trace_place *place = &found->place;
    if (place->func != WR_NONE && place->func >= file->funcs.n) return true;
    if (place->offset == WR_NO_OFFSET) return false;
    wr_symbol_file_find(file, place->offset > UINT32_MAX ? UINT32_MAX : (uint32_t)place->offset, &at);
    return at == WR_NONE || (place->func != WR_NONE && at != place->func);
}

static wr_slice string_at(const wr_symbol_file *file, uint32_t index) {
    return index == WR_NONE ? (wr_slice){0} : file->strings.v[index];
}

static wr_slice demangled(wr_env *env, wr_slice raw) {
    wr_symbol symbol = {.raw = raw};
    if (!raw.n) return raw;
    wr_read_symbol(env, wr_demangle_guess_language(raw), &symbol);
    return symbol.text;
}

static uint32_t flags_of(const wr_symbol_file *file, uint32_t func) {
    return func == WR_NONE ? 0 : file->funcs.v[func].flags;
}

// --- Text ---

static void put_name(wr_env *env, wr_buf *out, const wr_symbol_file *file, uint32_t name, uint32_t func) {
    wr_slice text = demangled(env, string_at(file, name));
    if (text.n)
        wr_put_slice(out, text);
    else
        wr_put_format(out, "wasm-function[%u]", func);
}

static void put_place(wr_buf *out, const wr_symbol_file *file, const wr_frame *frame) {
    if (frame->file == WR_NONE) return;
    wr_put_format(out, " (");
    wr_put_slice(out, string_at(file, frame->file));
    if (frame->line) wr_put_format(out, ":%u", frame->line);
    if (frame->line && frame->column) wr_put_format(out, ":%u", frame->column);
    wr_put_format(out, ")");
}

static void put_frames(wr_env *env, wr_buf *out, const wr_symbol_file *file, const looked_up *found) {
    const char *shared =
        flags_of(file, found->func) & WR_SYMBOL_SHARED ? " [code shared by several functions]" : "";
    if (found->frame == WR_NONE) {
        wr_put_format(out, "    at ");
        put_name(env, out, file, found->func == WR_NONE ? WR_NONE : file->funcs.v[found->func].name,
                 found->func);
        wr_put_format(out, "%s\n", shared);
        return;
    }
    for (uint32_t i = found->frame; i != WR_NONE; i = file->frames.v[i].outer) {
        const wr_frame *frame = &file->frames.v[i];
        wr_put_format(out, "    at ");
        put_name(env, out, file, frame->name, found->func);
        put_place(out, file, frame);
        wr_put_format(out, "%s\n", frame->outer != WR_NONE ? " [inlined]" : shared);
    }
}

// Cuts off the first line, without its end.
static wr_slice next_line(wr_slice *rest) {
    const uint8_t *end = memchr(rest->p, '\n', rest->n);
    wr_slice line = wr_slice_of(rest->p, end ? (size_t)(end - rest->p) : rest->n);
    size_t taken = line.n + (end != NULL);
    *rest = wr_slice_of(rest->p + taken, rest->n - taken);
    if (line.n && line.p[line.n - 1] == '\r') line.n--;
    return line;
}

wr_slice wr_symbolicate_text(wr_env *env, const wr_symbol_file *file, wr_slice trace) {
    wr_buf out = wr_buf_in(&env->perm);
    while (trace.n) {
        wr_arena_reset(&env->temp);
        wr_slice line = next_line(&trace);
        looked_up found;
        if (look_up(file, line, &found) && !is_foreign(file, &found)) {
            put_frames(env, &out, file, &found);
            continue;
        }
        wr_put_slice(&out, line);
        wr_put_u8(&out, '\n');
    }
    return wr_buf_slice(&out);
}

// --- JSON ---

static json_t *name_value(wr_env *env, const wr_symbol_file *file, uint32_t name) {
    return name == WR_NONE ? json_null() : wr_json_slice(env, demangled(env, string_at(file, name)));
}

static json_t *frame_value(wr_env *env, const wr_symbol_file *file, const wr_frame *frame) {
    json_t *value = json_object();
    wr_json_set(value, "function", name_value(env, file, frame->name));
    wr_json_set(value, "file",
                frame->file == WR_NONE ? json_null() : wr_json_slice(env, string_at(file, frame->file)));
    wr_json_set(value, "line", frame->line ? wr_json_number(frame->line) : json_null());
    wr_json_set(value, "column", frame->column ? wr_json_number(frame->column) : json_null());
    wr_json_set(value, "inlined", json_boolean(frame->outer != WR_NONE));
    return value;
}

static json_t *line_value(wr_env *env, const wr_symbol_file *file, wr_slice line) {
    looked_up found;
    json_t *value = json_object();
    wr_json_set(value, "text", wr_json_slice(env, line));
    if (!look_up(file, line, &found)) return value;
    bool foreign = is_foreign(file, &found);
    uint32_t func = found.place.func != WR_NONE ? found.place.func : found.func;
    wr_json_set(value, "index", func == WR_NONE ? json_null() : wr_json_number(func));
    wr_json_set(value, "offset",
                found.place.offset == WR_NO_OFFSET ? json_null() : wr_json_number(found.place.offset));
    json_t *frames = json_array();
    for (uint32_t i = found.frame; i != WR_NONE; i = file->frames.v[i].outer)
        json_array_append_new(frames, frame_value(env, file, &file->frames.v[i]));
    if (found.frame == WR_NONE && found.func != WR_NONE && !foreign) {
        wr_frame only = {.name = file->funcs.v[found.func].name, .file = WR_NONE, .outer = WR_NONE};
        json_array_append_new(frames, frame_value(env, file, &only));
    }
    wr_json_set(value, "shared", json_boolean((flags_of(file, found.func) & WR_SYMBOL_SHARED) != 0));
    wr_json_set(value, "frames", frames);
    return value;
}

wr_slice wr_symbolicate_json(wr_env *env, const wr_symbol_file *file, wr_slice trace) {
    wr_json_writer w = wr_json_begin(env);
    char hash[20];
    snprintf(hash, sizeof hash, "%016llx", (unsigned long long)file->module_hash);
    wr_json_put(&w, "module_size", wr_json_number(file->module_size));
    wr_json_put(&w, "module_hash", json_string(hash));
    wr_json_open_list(&w, "lines");
    while (trace.n) {
        wr_arena_reset(&env->temp);
        wr_json_item(&w, line_value(env, file, next_line(&trace)));
    }
    wr_json_close_list(&w);
    return wr_json_end(&w);
}

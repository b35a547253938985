// What reports need on top of jansson: strings from slices, and exceptions for failed allocations.
#ifndef WR_REPORT_RENDER_JSON_H
#define WR_REPORT_RENDER_JSON_H

#include <jansson.h>

#include "support/buf.h"

// A string; bytes that are no UTF-8 become U+FFFD.
json_t *wr_json_slice(wr_env *env, wr_slice s);
static inline json_t *wr_json_number(uint64_t n) { return json_integer((json_int_t)n); }

static inline void wr_json_set(json_t *object, const char *key, json_t *value) {
    json_object_set_new(object, key, value);
}
static inline void wr_json_set_number(json_t *object, const char *key, uint64_t n) {
    wr_json_set(object, key, wr_json_number(n));
}

// The text of a value, in env->perm; frees the value. Throws WR_NOMEM.
wr_slice wr_json_text(wr_env *env, json_t *value, size_t flags);

// Text written value by value, so that only one is there as jansson has it: an object of fields and of lists,
// with each field and each item of a list on a line of its own.
typedef struct wr_json_writer {
    wr_env *env;
    wr_buf out; // in env->perm
    bool first; // of the list or the object in hand
} wr_json_writer;

wr_json_writer wr_json_begin(wr_env *env);
// These free the value. They throw WR_NOMEM, also for a value that is NULL.
void wr_json_put(wr_json_writer *w, const char *key, json_t *value);
void wr_json_item(wr_json_writer *w, json_t *value);
void wr_json_open_list(wr_json_writer *w, const char *key);
void wr_json_close_list(wr_json_writer *w);
wr_slice wr_json_end(wr_json_writer *w);

#endif

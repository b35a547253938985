// Results of passes on one body, kept from one run to the next: what the passes of a part of the pipeline
// make of a body is found again by all that it depends on, so that a module of which little has changed is
// optimized in less time.
//
// What they depend on is known because they see nothing else. Such passes don't get the module but a view of
// it (body_view.h), with as much as they may ask about. The key of a result is a digest of this view (its
// tables as a whole; of functions and globals, those that the body names), of the part of the configuration
// that is seen, of the passes, and of the body. So nothing depends on a list of dependencies that somebody
// has to keep complete: what the digest leaves out isn't there to be read, and gives the same results in each
// run, with a store or without. With --verify-passes, bodies that are found are worked on all the same, and
// the results compared.
//
// Where results are kept is up to whoever runs the job. Bodies whose origins are tracked are not looked up.
#ifndef WR_PASSES_MANAGER_BODY_RESULTS_H
#define WR_PASSES_MANAGER_BODY_RESULTS_H

#include "bodies.h"
#include "body_view.h"

typedef struct wr_body_result {
    wr_digest key;
    wr_slice value;
} wr_body_result;

// Where results are kept, and the means to do so.
struct wr_body_store {
    void *user;
    // Finds what was kept under a key; the bytes live until the job ends. Many threads call it at once.
    bool (*find)(void *user, const wr_digest *key, wr_slice *value);
    // Keeps a copy of the result. One thread calls it at a time.
    void (*keep)(void *user, const wr_body_result *result);
};

typedef WR_VEC(wr_body_result) wr_body_result_list;

// Results of one run of passes over all bodies.
typedef struct wr_body_results {
    const struct wr_body_store *store;
    const wr_body_view *view;
    wr_context *c;
    wr_blake2b common;         // the hash of what all keys have in common
    wr_body_result_list *made; // by worker
} wr_body_results;

// A body's key, and what is known under it.
typedef struct wr_body_known {
    wr_digest key;
    wr_slice value;
    bool is_found;
} wr_body_known;

// Whether results can be found and kept.
bool wr_body_results_may(const wr_context *c);

// Begins a run of these passes, each body in so many iterations. The results' memory is in env->pass.
void wr_body_results_begin(wr_body_results *results, wr_context *c, const wr_body_view *view,
                           const wr_pipeline_entry *entries, size_t n, unsigned iterations, bool keep_equal);
// Looks up a body before the passes run on it.
wr_body_known wr_body_results_find(const wr_body_results *results, uint32_t func);
// Makes the function what was found. Returns by how many bytes its body shrank.
size_t wr_body_results_take(const wr_body_results *results, wr_env *env, uint32_t func,
                            const wr_body_known *known);
// Notes what the passes made of the body, or compares it with what was found.
void wr_body_results_add(const wr_body_results *results, wr_env *env, unsigned worker, uint32_t func,
                         const wr_body_known *known, bool is_stored);
// Hands the results to the store.
void wr_body_results_end(wr_body_results *results);

#endif

// The code of calls in Go functions. A call pushes its return address, passes PC_B 0, reloads the stack
// pointer, and returns if the callee unwinds:
//
//   local.get 1 i32.const 8 i32.sub local.tee 1 global.set 0    ;; push the
//   local.get 1 i64.const PC i64.store                          ;; return address
//   i32.const 0 call $f                                         ;; 1 if it unwinds
//   global.get 0 local.set 1                                    ;; reload
//   br_if $leave
#ifndef WR_PASSES_GO_GO_CALLS_H
#define WR_PASSES_GO_GO_CALLS_H

#include "go_code.h"
#include "passes/manager/pass.h"

#define WR_GO_PUSH_LENGTH 8
#define WR_GO_POP_LENGTH 5

// Whether l[i ..] is a push of a return address: local.get 1, i32.const 8, i32.sub, local.tee 1, global.set
// 0, local.get 1, i64.const PC, i64.store.
bool wr_go_is_push(const wr_go_list *l, uint32_t i);
// Whether l[i ..] reloads the stack pointer: global.get 0, local.set 1.
bool wr_go_is_reload(const wr_go_list *l, uint32_t i);
// Whether l[i ..] is a call without its push: i32.const 0, call f, reload, where f is a Go function.
bool wr_go_is_call(const wr_module *m, const wr_go *go, const wr_go_list *l, uint32_t i);
// Whether l[i ..] is a pop of n bytes: local.get 1, i32.const n, i32.add, local.tee 1, global.set 0.
bool wr_go_is_pop(const wr_go_list *l, uint32_t i);

// By function, in env->pass: neither the function nor its callees write the stack pointer. Callees that call
// further functions are not examined.
const uint8_t *wr_go_keep_sp(wr_context *c);
// Whether local 1 equals global 0 wherever both can be read.
bool wr_go_caches_sp(const uint8_t *keeps_sp, const wr_go_list *l);

#endif

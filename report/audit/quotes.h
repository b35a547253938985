// What a function without a name says: a text that its code refers to and, best, no other function does. A
// message such as "group name not defined" tells a reader more than func[812].
#ifndef WR_REPORT_AUDIT_QUOTES_H
#define WR_REPORT_AUDIT_QUOTES_H

#include "audit.h"

// By item of the list: a text that tells the function from others, cut to a few words; empty for functions
// with a name, and where no text is found. Results in env->perm.
wr_slice *wr_quotes_find(wr_env *env, const wr_audit *audit, const uint32_t *funcs, uint32_t n);

// "func[812]: "group name not defined""; the name alone where there is no quote. In env->perm.
wr_slice wr_quoted_name(wr_env *env, wr_slice name, wr_slice quote);

// The quote of one function.
wr_slice wr_quote_of(wr_env *env, const wr_audit *audit, uint32_t func);

#endif

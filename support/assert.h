// Assertions of invariants that hold for any input. They are on in sanitizer and debug builds and compiled
// out of all others.
#ifndef WR_SUPPORT_ASSERT_H
#define WR_SUPPORT_ASSERT_H

#if defined(WR_CHECKED) || !defined(NDEBUG)
#undef NDEBUG
#include <assert.h>
#define WR_ASSERT(condition) assert(condition)
#define WR_CHECKED_ONLY(statement) statement
#else
#define WR_ASSERT(condition) ((void)sizeof(condition))
#define WR_CHECKED_ONLY(statement) ((void)0)
#endif

#endif

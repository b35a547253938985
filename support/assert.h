// Assertions of what must hold whatever the input: on in builds with sanitizers and in debug builds, gone in
// all others.
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

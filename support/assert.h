// Assertions of what must hold whatever the input: on in builds with sanitizers and in debug builds, gone in all others.
#ifndef WR_SUPPORT_ASSERT_H
#define WR_SUPPORT_ASSERT_H

#if defined(WR_CHECKED) || !defined(NDEBUG)
#undef NDEBUG
#include <assert.h>
#define WR_ASSERT(condition) assert(condition)
#else
#define WR_ASSERT(condition) ((void)sizeof(condition))
#endif

#endif

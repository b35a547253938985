// Answers questions about single entities of a module (why is it here, what would go with it, who calls it),
// and lists what is unreachable.
#ifndef WR_REPORT_AUDIT_QUERIES_H
#define WR_REPORT_AUDIT_QUERIES_H

#include "audit.h"
#include "report/render/page.h"

// The nodes that a word stands for: an index ("17", "func[17]", "global[2]"), a whole name (mangled,
// readable, or of an export), or else a part of the readable names of functions. In env->perm. Throws
// WR_USAGE when nothing matches.
wr_u32s wr_queries_find_nodes(wr_env *env, const wr_audit *audit, const char *word);

// Writes shortest paths from the roots, at most `top` for each of at most `top` nodes.
void wr_queries_write_why(wr_page *page, const wr_audit *audit, const wr_u32s *nodes, uint32_t top);
// Writes what would go if these nodes went; with nodes NULL, the nodes that retain most.
void wr_queries_write_retained(wr_page *page, const wr_audit *audit, const wr_u32s *nodes, uint32_t top);
// Writes callers and callees.
void wr_queries_write_calls(wr_page *page, const wr_audit *audit, const wr_u32s *nodes, uint32_t top);
// Writes what is unreachable from the exports that are kept, the start function and the host.
void wr_queries_write_garbage(wr_page *page, const wr_audit *audit, uint32_t top);

// Writes the best path from the roots to `last` and on to `target`.
void wr_queries_write_path(wr_page *page, const wr_audit *audit, uint32_t last, uint32_t target);
// Steps from the roots; a call through a table counts as 4096.
uint32_t wr_queries_distance(const wr_audit *audit, uint32_t node);

// A node as text: the name of a function, "export run", "data[3] at 0x1234". In arena.
wr_slice wr_queries_node_name(wr_arena *arena, const wr_audit *audit, uint32_t node);

#endif

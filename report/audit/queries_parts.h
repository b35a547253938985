// Lines that the answers to all questions have in common (queries.c).
#ifndef WR_REPORT_AUDIT_QUERIES_PARTS_H
#define WR_REPORT_AUDIT_QUERIES_PARTS_H

#include "queries.h"
#include "support/format.h"

enum { WR_QUERIES_NAME_WIDTH = 96 };

// The name of a node, cut to that width.
wr_slice wr_queries_shown_name(wr_page *page, const wr_audit *audit, uint32_t node);
// A heading: the node with its size, and what it retains.
void wr_queries_write_node(wr_page *page, const wr_audit *audit, uint32_t node);
// Says how many of n were left out after the first `top`.
void wr_queries_write_more(wr_page *page, uint32_t n, uint32_t top, const char *what);

#endif

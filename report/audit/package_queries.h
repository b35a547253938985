// Answers questions about whole packages, or several things at once: why they are there, and what goes if
// they go together.
#ifndef WR_REPORT_AUDIT_PACKAGE_QUERIES_H
#define WR_REPORT_AUDIT_PACKAGE_QUERIES_H

#include "audit.h"
#include "report/render/page.h"

// By node: 1 for the functions of the packages that a list of patterns names. In a pattern * matches anything
// and ? one character; /... at the end stands for the package and all below it. In env->perm. Throws WR_USAGE
// for a pattern that matches no package.
uint8_t *wr_packages_find(wr_env *env, const wr_audit *audit, const char *list);
// Likewise for nodes found by name.
uint8_t *wr_packages_of_nodes(wr_env *env, const wr_audit *audit, const wr_u32s *nodes);

// `what` names the set for people.
void wr_packages_write_retained(wr_page *page, const wr_audit *audit, const uint8_t *set, const char *what,
                                uint32_t top);
void wr_packages_write_why(wr_page *page, const wr_audit *audit, const uint8_t *set, const char *what,
                           uint32_t top);

#endif

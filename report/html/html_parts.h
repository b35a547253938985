// What the pages of one module and of a folder share.
#ifndef WR_REPORT_HTML_HTML_PARTS_H
#define WR_REPORT_HTML_HTML_PARTS_H

#include <jansson.h>

#include "report/advice/advice.h"

void wr_html_add_number(json_t *list, uint64_t n);
// [name, bytes], to which more can be added.
json_t *wr_html_pair(wr_env *env, wr_slice name, uint64_t bytes);

// Lists of such pairs: packages (with the number of functions), parts that are neither code nor data, and
// kinds of data.
json_t *wr_html_groups(wr_env *env, const wr_buckets *buckets);
json_t *wr_html_parts(wr_env *env, const wr_audit *audit);
json_t *wr_html_data_kinds(wr_env *env, const wr_audit *audit);

// Sets `steps`, as wr_advice_json() has them, and `hints`, texts.
void wr_html_set_steps(wr_env *env, json_t *top, const wr_advice *advice);

// Throws WR_USAGE when the program was built without the treemap library.
void wr_html_need_library(wr_env *env);
// The page around the data, which it takes over. Slashes are escaped in the data, so no name in it can end
// the script element. In env->perm.
wr_slice wr_html_page(wr_env *env, const char *title, json_t *data);

#endif

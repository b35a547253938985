// The files of report/html that pages are made of, which the program holds compressed.
#ifndef WR_REPORT_HTML_ASSET_H
#define WR_REPORT_HTML_ASSET_H

#include "support/buf.h"

// Appends what gzip has made of these n bytes; nothing if n is 0.
void wr_html_put_asset(wr_buf *out, const uint8_t *packed, size_t n);

#endif

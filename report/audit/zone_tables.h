// Recognizes tables of time zones.
#ifndef WR_REPORT_AUDIT_ZONE_TABLES_H
#define WR_REPORT_AUDIT_ZONE_TABLES_H

#include "support/base.h"

// Whether a table of data has mostly records like those of chrono-tz. `at` is aligned to 4 bytes.
bool wr_zone_table_recognize(const uint8_t *at, uint64_t size);

#endif

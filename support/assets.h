// Files of report/html, the treemap library, the differential runner, the reader of counters and the list of
// bodies, as cmake/embed.cmake puts them into the program.
#ifndef WR_SUPPORT_ASSETS_H
#define WR_SUPPORT_ASSETS_H

#include <stddef.h>
#include <stdint.h>

// Compressed by gzip, for report/html/asset.c.
extern const uint8_t wr_asset_css[], wr_asset_js[], wr_asset_map[], wr_asset_d3[];
extern const size_t wr_asset_css_size, wr_asset_js_size, wr_asset_map_size;
extern const size_t wr_asset_d3_size; // 0: the program was built without d3-hierarchy
extern const uint8_t wr_asset_differential[], wr_asset_reader[];
extern const size_t wr_asset_differential_size, wr_asset_reader_size;
extern const uint8_t wr_asset_libraries[]; // report/evidence/libraries.txt
extern const size_t wr_asset_libraries_size;

#endif

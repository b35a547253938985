// What this program was built from.
#ifndef WR_CLI_IDENTITY_H
#define WR_CLI_IDENTITY_H

// A hash of all sources of the library, which cmake/identity.cmake makes: builds of the same sources give the
// same outputs, whatever they were built for.
extern const char wr_identity[];

#endif

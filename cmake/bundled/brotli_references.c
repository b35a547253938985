// backward_references.c of the bundled libbrotlienc with the hash tables that wring's settings use: quality 5 takes
// number 5, 6 for more than a megabyte, and 40 for windows of up to 64 KB (ChooseHasher in enc/quality.h); quality
// 11 works in a file of its own.
#include "enc/hash.h"

#undef FOR_GENERIC_HASHERS
#define FOR_GENERIC_HASHERS(H) H(5) H(6) H(40)

#include "enc/backward_references.c"

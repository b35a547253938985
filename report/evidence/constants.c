// Evidence from constants in code that only one algorithm has: round constants of cryptographic hashes and
// ciphers, orders of elliptic curves. A function that has two of them computes it. (Hashes for tables are not
// listed: they are inlined into functions of others.) The bytes of a body are searched without decoding: what
// only looks like such an instruction doesn't have the right value, let alone two of them.
//
//   i32.const 0x428a2f98  i32.const 0x71374491      SHA-256
#include "finder.h"

enum { MOST_OF_ONE = 5, LEAST_FOUND = 2, LEAST_LEB = 5 };

// The lower 32 bits of constants, of numbers of 32 or 64 bits; 0: no more.
static const struct algorithm {
    const char *name;
    uint32_t constants[MOST_OF_ONE];
} algorithms[] = {
    {"SHA-256", {0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b}},
    {"SHA-512", {0xd728ae22, 0x23ef65cd, 0xec4d3b2f, 0x8189dbbc, 0xf348b538}},
    {"SHA-1", {0x8f1bbcdc, 0xca62c1d6}}, // MD4 and RIPEMD-160 have its first two
    {"RIPEMD-160", {0x50a28be6, 0x5c4dd124, 0x6d703ef3, 0x7a6d76e9}},
    {"MD5", {0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee}},
    {"ChaCha or Salsa20", {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574}},
    {"P-256", {0xfc632551, 0xf3b9cac2, 0xa7179e84, 0xbce6faad}},
    {"P-384", {0xccc52973, 0x48b0a77a, 0xf4372ddf}},
    {"secp256k1", {0xd0364141, 0xbfd25e8c, 0xaf48a03b, 0xbaaedce6}},
    {"Curve25519", {0x5cf5d3ed, 0x79cd6581, 0xa2f79cd6, 0x1cf5d3ed, 0x1de73596}},
    {"Poly1305", {0x03ffff03, 0x03ffc0ff, 0x03f03fff}},
    {"BLS12-381", {0xffffaaab, 0xb153ffff, 0xf6b0f624, 0xf38512bf}},
    {"BN254", {0x79b97091, 0xd87cfd47, 0x6871ca8d}},
};

// Marks the constants of a body in `found`, a bit for each.
static void find(wr_slice body, uint8_t *found) {
    for (const uint8_t *p = body.p, *end = body.p + body.n; p + LEAST_LEB < end; p++) {
        if ((*p != 0x41 && *p != 0x42) || !(p[1] & p[2] & p[3] & p[4] & 0x80))
            continue; // i32.const, i64.const
        uint32_t value = (p[1] & 0x7fu) | (p[2] & 0x7fu) << 7 | (p[3] & 0x7fu) << 14 | (p[4] & 0x7fu) << 21 |
                         (uint32_t)p[5] << 28;
        for (size_t i = 0; i < WR_COUNT(algorithms); i++)
            for (unsigned k = 0; k < MOST_OF_ONE; k++)
                if (algorithms[i].constants[k] == value && value) found[i] |= (uint8_t)(1u << k);
    }
}

void wr_evidence_from_constants(wr_finder *f) {
    for (uint32_t func = f->m->nfunc_imports; func < f->m->nfuncs; func++) {
        uint8_t found[WR_COUNT(algorithms)] = {0};
        find(f->m->funcs[func].body, found);
        for (size_t i = 0; i < WR_COUNT(algorithms); i++) {
            uint32_t n = (uint32_t)__builtin_popcount(found[i]);
            wr_slice name = wr_slice_str(algorithms[i].name);
            if (n >= LEAST_FOUND) wr_finder_vote(f, func, WR_EVIDENCE_CONSTANT, name, (wr_slice){0}, name, n);
        }
    }
}

// Number crunching: loops over integers, floats and memory, with little control flow.
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint32_t state = 2463534242u;

static uint32_t next(void)
{
    state ^= state << 13;
    state ^= state >> 17;
    return state ^= state << 5;
}

static void sieve(int limit)
{
    char *composite = calloc(limit + 1, 1);
    int count = 0, last = 0;
    for (int i = 2; i <= limit; i++) {
        if (composite[i]) continue;
        count++;
        last = i;
        for (long long j = (long long)i * i; j <= limit; j += i) composite[j] = 1;
    }
    printf("primes %d, last %d\n", count, last);
    free(composite);
}

static void matrices(int n)
{
    double *a = malloc(sizeof *a * n * n), *b = malloc(sizeof *b * n * n), *c = calloc(sizeof *c, n * n);
    for (int i = 0; i < n * n; i++) {
        a[i] = next() / 4294967296.0;
        b[i] = (int32_t)next() / 65536.0;
    }
    for (int i = 0; i < n; i++)
        for (int k = 0; k < n; k++)
            for (int j = 0; j < n; j++) c[i * n + j] += a[i * n + k] * b[k * n + j];
    double trace = 0, sum = 0;
    for (int i = 0; i < n; i++) trace += c[i * n + i];
    for (int i = 0; i < n * n; i++) sum += c[i];
    printf("trace %.12g, sum %.12g\n", trace, sum);
    free(a);
    free(b);
    free(c);
}

static uint32_t rotate(uint32_t x, int n) { return x >> n | x << (32 - n); }

// SHA-256, with the constants computed rather than listed.
static void sha256(const uint8_t *data, size_t length, uint8_t out[32])
{
    static uint32_t k[64], start[8];
    if (!k[0]) {
        int found = 0;
        for (uint32_t p = 2; found < 64; p++) {
            int prime = 1;
            for (uint32_t d = 2; d * d <= p; d++) prime &= p % d != 0;
            if (!prime) continue;
            double c = cbrt(p), s = sqrt(p);
            if (found < 8) start[found] = (uint32_t)((s - floor(s)) * 4294967296.0);
            k[found++] = (uint32_t)((c - floor(c)) * 4294967296.0);
        }
    }
    uint32_t h[8];
    memcpy(h, start, sizeof h);
    size_t blocks = (length + 9 + 63) / 64;
    for (size_t block = 0; block < blocks; block++) {
        uint8_t bytes[64];
        uint32_t w[64], v[8];
        for (size_t i = 0; i < 64; i++) {
            size_t at = block * 64 + i;
            bytes[i] = at < length ? data[at] : at == length ? 0x80 : 0;
            if (at >= blocks * 64 - 8) bytes[i] = (uint8_t)((uint64_t)length * 8 >> 8 * (blocks * 64 - 1 - at));
        }
        for (int i = 0; i < 16; i++) w[i] = (uint32_t)bytes[4 * i] << 24 | bytes[4 * i + 1] << 16 | bytes[4 * i + 2] << 8 | bytes[4 * i + 3];
        for (int i = 16; i < 64; i++)
            w[i] = w[i - 16] + (rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ w[i - 15] >> 3) + w[i - 7] + (rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ w[i - 2] >> 10);
        memcpy(v, h, sizeof v);
        for (int i = 0; i < 64; i++) {
            uint32_t t1 = v[7] + (rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25)) + ((v[4] & v[5]) ^ (~v[4] & v[6])) + k[i] + w[i];
            uint32_t t2 = (rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22)) + ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
            memmove(v + 1, v, 7 * sizeof *v);
            v[4] += t1;
            v[0] = t1 + t2;
        }
        for (int i = 0; i < 8; i++) h[i] += v[i];
    }
    for (int i = 0; i < 32; i++) out[i] = h[i / 4] >> (24 - 8 * (i % 4));
}

static void hashes(int rounds)
{
    uint8_t data[5000], out[32];
    for (size_t i = 0; i < sizeof data; i++) data[i] = next();
    for (int i = 0; i < rounds; i++) {
        sha256(data, sizeof data - i % 130, out);
        memcpy(data + i * 32 % 4900, out, 32);
    }
    sha256((const uint8_t *)"abc", 3, out);
    for (int i = 0; i < 32; i++) printf("%02x", out[i]);
    sha256(data, sizeof data, out);
    printf(" %02x%02x%02x\n", out[0], out[1], out[2]);
}

static void mandelbrot(int width, int height, int limit)
{
    uint64_t sum = 0;
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
            double cr = 3.0 * x / width - 2.1, ci = 2.2 * y / height - 1.1, zr = 0, zi = 0;
            int i = 0;
            for (; i < limit && zr * zr + zi * zi < 4; i++) {
                double t = zr * zr - zi * zi + cr;
                zi = 2 * zr * zi + ci;
                zr = t;
            }
            sum = sum * 31 + i;
        }
    }
    printf("mandelbrot %llu\n", (unsigned long long)sum);
}

static void wide(int rounds)
{
    unsigned __int128 product = 1;
    uint64_t mix = 0x9e3779b97f4a7c15u;
    int64_t quotient = 0;
    for (int i = 1; i < rounds; i++) {
        product = product * (mix | 1) + i;
        mix ^= (uint64_t)(product >> 64) + __builtin_popcountll(mix) + __builtin_clzll(mix | 1) + __builtin_ctzll(mix | 1ull << 63);
        mix = mix << 23 | mix >> 41;
        quotient += (int64_t)mix / (i * 1009 - 7) + (int64_t)(mix % (uint64_t)(i + 3));
    }
    printf("wide %016llx %016llx %lld\n", (unsigned long long)(product >> 64), (unsigned long long)product, (long long)quotient);
}

static void fourier(int n)
{
    float *re = malloc(sizeof *re * n), *im = calloc(sizeof *im, n);
    for (int i = 0; i < n; i++) re[i] = sinf(i * 0.37f) + (next() % 1000) / 5000.0f;
    for (int i = 1, j = 0; i < n; i++) {
        int bit = n >> 1;
        for (; j & bit; bit >>= 1) j ^= bit;
        j ^= bit;
        if (i < j) {
            float t = re[i];
            re[i] = re[j];
            re[j] = t;
        }
    }
    for (int length = 2; length <= n; length *= 2) {
        for (int i = 0; i < n; i += length) {
            for (int j = 0; j < length / 2; j++) {
                float angle = -2 * (float)M_PI * j / length, c = cosf(angle), s = sinf(angle);
                float *ar = re + i + j, *ai = im + i + j, *br = ar + length / 2, *bi = ai + length / 2;
                float tr = *br * c - *bi * s, ti = *br * s + *bi * c;
                *br = *ar - tr;
                *bi = *ai - ti;
                *ar += tr;
                *ai += ti;
            }
        }
    }
    float energy = 0, peak = 0;
    int where = 0;
    for (int i = 0; i < n; i++) {
        float power = re[i] * re[i] + im[i] * im[i];
        energy += power;
        if (power > peak) peak = power, where = i;
    }
    printf("fourier %.6g, peak %d\n", energy, where);
    free(re);
    free(im);
}

int main(int argc, char **argv)
{
    int scale = argc > 1 ? atoi(argv[1]) : 1;
    for (int i = 0; i < scale; i++) {
        sieve(2000000);
        matrices(170);
        hashes(600);
        mandelbrot(300, 200, 150);
        wide(300000);
        fourier(1 << 15);
    }
    return 0;
}

// Vectors by hand and by the compiler.
#include <stdio.h>
#include <wasm_simd128.h>

static float a[256], b[256], c[256];

int main(void) {
    for (int i = 0; i < 256; i++) a[i] = i, b[i] = 256 - i;
    for (int i = 0; i < 256; i++) c[i] = a[i] * b[i] + 1;
    v128_t sum = wasm_f32x4_splat(0);
    for (int i = 0; i < 256; i += 4) sum = wasm_f32x4_add(sum, wasm_v128_load(&c[i]));
    printf("%.1f %.1f\n", wasm_f32x4_extract_lane(sum, 0), wasm_f32x4_extract_lane(sum, 3));
    v128_t bytes = wasm_i8x16_shuffle(sum, sum, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    printf("%d\n", wasm_i8x16_extract_lane(bytes, 3));
    return 0;
}

// LZ4 and cJSON in one program: a document is printed, packed, unpacked and read.
#include <string.h>
#include "cjson.h"
#include "lz4.h"
#include "lz4hc.h"

int main(void) {
    exercise_json();
    cJSON *root = make_document(500);
    char *text = cJSON_Print(root);
    int n = (int)strlen(text) + 1, bound = LZ4_compressBound(n);
    char *packed = malloc((size_t)bound), *back = malloc((size_t)n);
    int fast = LZ4_compress_default(text, packed, n, bound);
    int high = LZ4_compress_HC(text, packed, n, bound, 9);
    int size = LZ4_decompress_safe(packed, back, high, n);
    cJSON *again = cJSON_Parse(back);
    printf("%d %d %d %d\n", n, fast, high, size == n && cJSON_Compare(root, again, 1));
    return 0;
}

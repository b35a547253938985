// cJSON alone.
#include "cjson.h"

int main(void) {
    exercise_json();
    return 0;
}

// Makes, prints, reads, changes and compares a JSON document.
#ifndef FRESH_CJSON_H
#define FRESH_CJSON_H
#include <stdio.h>
#include <stdlib.h>
#include "cJSON.h"

static cJSON *make_document(int n) {
    cJSON *root = cJSON_CreateObject(), *list = cJSON_AddArrayToObject(root, "items");
    for (int i = 0; i < n; i++) {
        cJSON *item = cJSON_CreateObject();
        char name[32];
        snprintf(name, sizeof name, "name \"%d\" \xc3\xa4", i * 37 % 101);
        cJSON_AddStringToObject(item, "name", name);
        cJSON_AddNumberToObject(item, "value", i / 8.0 - 3);
        cJSON_AddBoolToObject(item, "odd", i & 1);
        cJSON_AddItemToArray(list, item);
    }
    return root;
}

static void exercise_json(void) {
    cJSON *root = make_document(200);
    char *text = cJSON_Print(root);
    cJSON *again = cJSON_Parse(text), *item = NULL;
    double sum = 0;
    cJSON_ArrayForEach(item, cJSON_GetObjectItem(again, "items")) sum += cJSON_GetObjectItem(item, "value")->valuedouble;
    printf("json %d %.3f %.60s\n", cJSON_Compare(root, again, 1), sum, text);
    cJSON_DeleteItemFromArray(cJSON_GetObjectItem(again, "items"), 7);
    cJSON_ReplaceItemInObject(again, "extra", cJSON_CreateNull());
    char *flat = cJSON_PrintUnformatted(again);
    printf("%d %.80s\n", cJSON_Compare(root, again, 1), flat);
    cJSON *bad = cJSON_Parse("{\"a\": [1, 2,, 3]}");
    printf("bad %d\n", bad == NULL);
    free(text), free(flat), cJSON_Delete(root), cJSON_Delete(again);
}
#endif

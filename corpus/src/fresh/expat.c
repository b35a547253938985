// Expat: reads a document in pieces, counts what it sees.
#include <stdio.h>
#include <string.h>
#include "expat.h"

static unsigned elements, attributes, characters, depth, deepest;

static void start(void *user, const XML_Char *name, const XML_Char **list) {
    (void)user, (void)name;
    for (elements++; *list; list += 2) attributes++;
    if (++depth > deepest) deepest = depth;
}
static void end(void *user, const XML_Char *name) { (void)user, (void)name, depth--; }
static void text(void *user, const XML_Char *s, int n) { (void)user, (void)s, characters += (unsigned)n; }

int main(void) {
    XML_Parser parser = XML_ParserCreateNS(NULL, '|');
    XML_SetHashSalt(parser, 17);
    XML_SetElementHandler(parser, start, end);
    XML_SetCharacterDataHandler(parser, text);
    static const char head[] = "<?xml version='1.0' encoding='UTF-8'?><!DOCTYPE a [<!ENTITY e 'entity'><!ELEMENT a ANY>]><a xmlns='u:x'>";
    XML_Parse(parser, head, (int)strlen(head), 0);
    for (int i = 0; i < 3000; i++) {
        char piece[128];
        int n = snprintf(piece, sizeof piece, "<b id='%d' n=\"x&amp;%d\"><c>&e; \xc3\xa4 %d</c><!-- no --><![CDATA[<%d>]]></b>", i, i * 7, i, i);
        if (!XML_Parse(parser, piece, n, 0)) return printf("error: %s\n", XML_ErrorString(XML_GetErrorCode(parser))), 1;
    }
    printf("%d\n", XML_Parse(parser, "</a>", 4, 1));
    printf("%u %u %u %u\n", elements, attributes, characters, deepest);
    XML_ParserFree(parser);
    return 0;
}

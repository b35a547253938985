// tinyxml2: builds, prints, reads and changes a document.
#include <cstdio>
#include "tinyxml2.h"
using namespace tinyxml2;

int main() {
    XMLDocument doc;
    doc.InsertEndChild(doc.NewDeclaration());
    XMLElement *root = doc.NewElement("list");
    doc.InsertEndChild(root);
    for (int i = 0; i < 400; i++) {
        XMLElement *item = root->InsertNewChildElement("item");
        item->SetAttribute("id", i * 37 % 101);
        item->SetAttribute("half", i / 2.0);
        item->SetText(i % 3 ? "a < b & c" : "plain");
        if (i % 5 == 0) item->InsertNewComment("comment");
    }
    XMLPrinter printer;
    doc.Print(&printer);
    XMLDocument again;
    printf("%d %d\n", again.Parse(printer.CStr()), printer.CStrSize());
    double sum = 0;
    int n = 0;
    for (XMLElement *e = again.RootElement()->FirstChildElement("item"); e; e = e->NextSiblingElement("item"), n++)
        sum += e->DoubleAttribute("half") + e->IntAttribute("id");
    printf("%d %.2f %.40s\n", n, sum, again.RootElement()->LastChildElement()->GetText());
    again.RootElement()->DeleteChild(again.RootElement()->FirstChild());
    XMLDocument bad;
    printf("%d %s %d\n", bad.Parse("<a><b></a>"), XMLDocument::ErrorIDToName(bad.ErrorID()), bad.ErrorLineNum());
    return 0;
}

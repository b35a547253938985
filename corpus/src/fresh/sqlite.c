// Fills tables in memory and asks them for joins, aggregates, windows, JSON and text; prints every row.
#include <stdio.h>
#include "sqlite3.h"

static const char *const statements[] = {
    "create table item(id integer primary key, name text, price real, kind int)",
    "create table sale(item int, day int, n int)",
    "with recursive c(i) as (select 1 union all select i + 1 from c where i < 2000)"
    " insert into item select i, printf('item-%05d', (i * 7919) % 2003), (i * 37 % 1000) / 8.0, i % 13 from c",
    "with recursive c(i) as (select 1 union all select i + 1 from c where i < 8000)"
    " insert into sale select i * 31 % 2000 + 1, i % 365, i * 17 % 23 from c",
    "create index sale_item on sale(item)", "create index item_name on item(name)", "analyze",
    "select kind, count(*), sum(n * price), min(name), max(day) from item join sale on item.id = sale.item"
    " group by kind having sum(n) > 10 order by 3 desc",
    "select name, price, row_number() over (partition by kind order by price desc, id) r from item where id < 60"
    " order by kind, r",
    "select substr(name, 1, 7) p, group_concat(id, '|') from item where name like 'item-000%' group by p order by p",
    "select json_group_array(json_object('n', name, 'p', price)) from (select * from item order by name limit 5)",
    "update item set price = price * 1.1 where kind in (select distinct item % 13 from sale where n > 20)",
    "delete from sale where day between 100 and 200", "select count(*), avg(n), total(day) from sale",
    "select round(sum(price), 3), upper(hex(min(name))), strftime('%Y-%m-%d', 86400 * 1000, 'unixepoch') from item",
    "select * from item where id in (values (3), (5), (8)) union all select 0, 'x', null, 1 order by 1",
    "explain query plan select * from item, sale where item.id = sale.item and item.name > 'item-01'",
    "begin", "insert into item(name) values ('a'), ('b'), (null)", "rollback", "pragma integrity_check",
    "select nosuch from item",
};

static int show(void *user, int n, char **values, char **names) {
    (void)user, (void)names;
    for (int i = 0; i < n; i++) printf("%s%c", values[i] ? values[i] : "null", i + 1 < n ? '\t' : '\n');
    return 0;
}

int main(void) {
    sqlite3 *db = NULL;
    if (sqlite3_open(":memory:", &db)) return puts("cannot open"), 1;
    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++) {
        char *error = NULL;
        if (sqlite3_exec(db, statements[i], show, NULL, &error)) printf("error: %s\n", error);
        sqlite3_free(error);
    }
    return sqlite3_close(db);
}

// What the two builds of sql.js do: schema, inserts, joins, aggregates, JSON, text, window and date functions,
// updates, triggers, views, full text search where built in, errors, and the database file itself.
import { prose, random, skewed, vocabulary } from './inputs.mjs';

const schema = `
  CREATE TABLE customer(id INTEGER PRIMARY KEY, name TEXT NOT NULL, city TEXT, score REAL, note TEXT);
  CREATE TABLE product(id INTEGER PRIMARY KEY, title TEXT UNIQUE, price NUMERIC CHECK(price >= 0), tags TEXT);
  CREATE TABLE purchase(id INTEGER PRIMARY KEY, customer_id INT REFERENCES customer(id), product_id INT,
    quantity INT, at TEXT, extra TEXT);
  CREATE TABLE log(what TEXT, n INT);
  CREATE INDEX purchase_customer ON purchase(customer_id, at);
  CREATE INDEX purchase_product ON purchase(product_id);
  CREATE INDEX purchase_large ON purchase(at) WHERE quantity > 6;
  CREATE VIEW spending AS SELECT c.city, c.id, sum(p.price * o.quantity) total FROM purchase o
    JOIN customer c ON c.id = o.customer_id JOIN product p ON p.id = o.product_id GROUP BY c.id;
  CREATE TRIGGER price_change AFTER UPDATE OF price ON product BEGIN
    INSERT INTO log VALUES(new.title, new.price - old.price); END;`;

const queries = [
  'SELECT city, count(*), round(avg(score), 4), min(name), max(length(note)) FROM customer GROUP BY city ORDER BY 2 DESC, 1',
  'SELECT city, round(sum(total), 2), count(*) FROM spending GROUP BY city HAVING count(*) > 3 ORDER BY 2 DESC',
  `SELECT c.name, p.title, o.quantity FROM purchase o JOIN customer c ON c.id = o.customer_id
     LEFT JOIN product p ON p.id = o.product_id WHERE o.quantity > 6 AND c.score > 0.5 ORDER BY o.at, o.id LIMIT 300`,
  `SELECT city, name, rank() OVER (PARTITION BY city ORDER BY score DESC) r,
     sum(score) OVER (ORDER BY id ROWS BETWEEN 3 PRECEDING AND CURRENT ROW) FROM customer ORDER BY city, r LIMIT 400`,
  `WITH RECURSIVE f(n, a, b) AS (VALUES(0, 0, 1) UNION ALL SELECT n + 1, b, (a + b) % 1000003 FROM f WHERE n < 20000)
     SELECT sum(a), max(b), count(*) FROM f`,
  `SELECT json_extract(extra, '$.k'), count(*), json_group_array(json_extract(extra, '$.list[1]')) FROM purchase
     WHERE id % 7 = 0 GROUP BY 1 ORDER BY 1`,
  'SELECT j.value, count(*) FROM product, json_each(product.tags) j GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 50',
  `SELECT upper(substr(name, 1, 3)) || printf('%05.1f|%x|%s', score, id, quote(city)), instr(note, 'qua'),
     replace(trim(note), 'or', '0R'), hex(substr(note, 1, 4)), unicode(name) FROM customer WHERE id % 11 = 3`,
  "SELECT strftime('%Y-%m', at) m, count(DISTINCT customer_id), total(quantity) FROM purchase GROUP BY m ORDER BY m",
  "SELECT julianday(at) - julianday(date(at, 'start of month')), time(at, '+90 minutes') FROM purchase WHERE id < 500",
  "SELECT name FROM customer WHERE name LIKE '%er%' AND note GLOB '*con*' OR name IN (SELECT title FROM product) ORDER BY name COLLATE NOCASE",
  'SELECT city FROM customer WHERE score > 0.9 INTERSECT SELECT city FROM customer WHERE score < 0.1 EXCEPT SELECT min(city) FROM customer',
  'SELECT p.id, (SELECT group_concat(DISTINCT quantity) FROM purchase o WHERE o.product_id = p.id) FROM product p WHERE EXISTS (SELECT 1 FROM purchase o WHERE o.product_id = p.id AND quantity = 9)',
  'SELECT sqrt(id), pow(id, 0.5), ln(id + 1), sin(id) FROM product ORDER BY cos(id), id LIMIT 200',
  "SELECT CAST(score * 1e6 AS INT) % 97 b, count(*), 12345678901 * count(*), '0x' || id | 5, id << 3 & 255, ~id FROM customer GROUP BY b",
  'EXPLAIN QUERY PLAN SELECT * FROM spending WHERE city = 3',
  'SELECT what, sum(n) FROM log GROUP BY what ORDER BY what',
  'PRAGMA integrity_check',
];

const changes = [
  'UPDATE product SET price = price * 1.1 WHERE id % 5 = 1',
  "UPDATE customer SET note = note || ' ' || name, score = score / 2 WHERE city = 'Place 3'",
  'DELETE FROM purchase WHERE id % 13 = 5',
  "INSERT INTO customer(id, name) VALUES(1, 'again') ON CONFLICT(id) DO UPDATE SET note = excluded.name",
  "UPDATE purchase SET extra = json_set(extra, '$.new', quantity), at = datetime(at, '+1 day') WHERE id % 3 = 0",
  'ALTER TABLE customer ADD COLUMN vip INT DEFAULT 0',
  'REINDEX; ANALYZE; VACUUM',
];

const failures = ['SELECT * FROM nowhere', 'INSERT INTO product(price) VALUES(-1)', 'SELECT 1 +', "SELECT json('{bad')"];

function fill(db, rows) {
  const next = random(7);
  const names = vocabulary(3000, 8);
  const text = prose(50000, 9);
  const passage = () => text.substr(next() % 49000, 40 + (next() % 200));
  const insert = (sql, count, cells) => {
    const statement = db.prepare(sql);
    for (let id = 1; id <= count; id++) statement.run([id, ...cells(id)]);
    statement.free();
  };
  db.run('BEGIN');
  insert('INSERT INTO customer VALUES(?, ?, ?, ?, ?)', rows / 8, (id) =>
    [`${names[next() % names.length]} ${id}`, `Place ${skewed(next, 40)}`, next() / 2 ** 32, passage()]);
  insert('INSERT INTO product VALUES(?, ?, ?, ?)', rows / 20, (id) =>
    [`${names[id % names.length]}-${id}`, (next() % 100000) / 100, JSON.stringify(names.slice(next() % 50, 52).slice(0, 3))]);
  insert('INSERT INTO purchase VALUES(?, ?, ?, ?, ?, ?)', rows, (id) =>
    [1 + skewed(next, rows / 8), 1 + (next() % (rows / 20)), 1 + (next() % 9),
      new Date(1.6e12 + (next() % 1e8) * 1000).toISOString().slice(0, 19), JSON.stringify({ k: next() % 9, list: [id, `v${next() % 100}`] })]);
  db.run('COMMIT');
}

export function sqliteWork(SQL, { print, scale }) {
  const db = new SQL.Database();
  db.run(schema);
  db.create_function('twice', (x) => x * 2);
  fill(db, Math.round(20000 * scale));
  const ask = (sql) => {
    const results = db.exec(sql);
    print(`${results[0]?.values.length ?? 0} rows`, JSON.stringify(results));
  };
  queries.forEach(ask);
  for (const sql of changes) {
    db.run(sql);
    print('changed', db.getRowsModified());
  }
  queries.forEach(ask);
  ask('SELECT twice(id), twice(score) FROM customer LIMIT 1000');
  for (const sql of failures) {
    try {
      db.run(sql);
      print('no error');
    } catch (error) {
      print('error', error.message);
    }
  }
  const file = db.export();
  print('file', file);
  const again = new SQL.Database(file);
  print('reopened', JSON.stringify(again.exec('SELECT count(*), sum(quantity) FROM purchase')));
}

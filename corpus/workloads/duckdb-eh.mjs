// DuckDB: analytic SQL over generated tables: joins, windows, nested types, text, dates, JSON, CSV; errors, thrown as wasm exceptions.
import { random, vocabulary } from '../lib/inputs.mjs';
import { workload } from '../lib/workload.mjs';

const setup = (rows) => [
  `CREATE TABLE event AS SELECT i AS id, (i * 7919) % 1009 AS person, (i * 31) % 17 AS kind, ((i * 104729) % 100003) / 7.0 AS amount, TIMESTAMP '2026-01-01' + INTERVAL (i * 37) SECOND AS moment FROM range(${rows}) t(i)`,
  'CREATE TABLE person(id INTEGER PRIMARY KEY, name VARCHAR, tags VARCHAR[], place STRUCT(city VARCHAR, x DOUBLE))',
  "CREATE VIEW rich AS SELECT person, sum(amount) total FROM event GROUP BY person HAVING total > 100",
  "CREATE MACRO twice(x) AS x * 2",
];

const queries = [
  'SELECT kind, count(*) n, round(sum(amount), 3) s, min(moment), max(moment), median(amount), round(stddev(amount), 6), approx_count_distinct(person) > 0 FROM event GROUP BY kind ORDER BY kind',
  "SELECT p.place.city, count(*), round(avg(e.amount), 6) FROM event e JOIN person p ON p.id = e.person WHERE p.name LIKE '%a%' GROUP BY ALL ORDER BY 1",
  'SELECT id, sum(amount) OVER (PARTITION BY kind ORDER BY moment ROWS BETWEEN 5 PRECEDING AND CURRENT ROW), lag(amount, 2) OVER w, ntile(4) OVER w, dense_rank() OVER (ORDER BY person) FROM event WINDOW w AS (PARTITION BY person ORDER BY id) ORDER BY id LIMIT 300',
  'SELECT r.person, p.name, r.total FROM rich r LEFT JOIN person p ON p.id = r.person ORDER BY total DESC, r.person LIMIT 40',
  "SELECT date_trunc('month', moment) m, dayname(moment), count(*) FILTER (WHERE amount > 5000) FROM event GROUP BY ALL ORDER BY ALL LIMIT 50",
  "SELECT list_sort(list_distinct(flatten(list(tags)))), len(string_agg(name, ',' ORDER BY name)) FROM person",
  "SELECT t, count(*) FROM (SELECT unnest(tags) t FROM person) GROUP BY t ORDER BY 2 DESC, 1 LIMIT 20",
  "SELECT upper(name), md5(name), regexp_replace(name, '([aeiou])', '<\\1>', 'g'), levenshtein(name, 'verment'), reverse(name), strpos(name, 'e'), printf('%05d|%s', id, name) FROM person ORDER BY id LIMIT 100",
  'WITH RECURSIVE f(n, a, b) AS (SELECT 0, 0::HUGEINT, 1::HUGEINT UNION ALL SELECT n + 1, b, a + b FROM f WHERE n < 150) SELECT n, a::VARCHAR FROM f WHERE n % 10 = 0',
  "SELECT * FROM (PIVOT (SELECT kind, person % 3 AS third, amount FROM event WHERE person < 50) ON third USING sum(amount)) ORDER BY kind",
  'SELECT kind, quantile_cont(amount, [0.1, 0.5, 0.9]), histogram(person % 3), arg_max(id, amount), bit_xor(id), corr(id, amount) FROM event GROUP BY kind ORDER BY kind',
  "SELECT twice(id), CASE WHEN id % 3 = 0 THEN 'fizz' WHEN id % 5 = 0 THEN 'buzz' END, id::DECIMAL(18, 4) / 7, id::VARCHAR || 'x', TRY_CAST('x' AS INT), [id, id + 1], {'a': id}, MAP {'k': id} FROM event WHERE id < 60 ORDER BY id",
  'SELECT a.id FROM event a SEMI JOIN event b ON a.id = b.person AND b.kind = 3 EXCEPT SELECT person FROM event WHERE kind = 5 ORDER BY 1 LIMIT 50',
  'SELECT count(*) FROM event a, person b WHERE a.person = b.id AND a.amount BETWEEN b.place.x AND b.place.x * 40',
  'SELECT list_transform([1, 2, 3], x -> x * 10), list_filter(range(10), x -> x % 2 = 0), array_slice([1, 2, 3, 4], 2, 3), struct_pack(a := 1).a, date_diff(\'day\', DATE \'2020-02-29\', DATE \'2026-11-23\'), INTERVAL 3 MONTH + DATE \'2026-01-31\'',
  "SELECT (sum(hash(name) % 1000))::VARCHAR, bool_and(length(name) > 0), mode(length(name)) FROM person",
  'EXPLAIN SELECT p.name FROM person p JOIN event e ON e.person = p.id WHERE e.kind = 2 ORDER BY 1',
  "SELECT sum(a) FROM (SELECT unnest(generate_series(1, 100000)) a)",
];

const changes = ['UPDATE event SET amount = amount * 1.5 WHERE kind = 4', 'DELETE FROM event WHERE id % 11 = 3', 'ALTER TABLE event ADD COLUMN extra INTEGER DEFAULT 5', "INSERT INTO person SELECT 5000 + i, 'new' || i, [], NULL FROM range(10) t(i)", 'CREATE INDEX by_person ON event(person)', 'CHECKPOINT'];
const failures = ['SELECT * FROM nowhere', 'SELECT 1 +', "SELECT 'x'::INT", 'INSERT INTO person VALUES(1, NULL, NULL, NULL)', 'SELECT error(\'raised\')', 'SELECT sum(name) FROM person', 'SELECT 99999999999::INT', 'SELECT array_value(1)[2, 3]'];

await workload('duckdb-eh', async ({ require, dir, print, scale }) => {
  const duckdb = require('./dist/duckdb-node-blocking.cjs');
  const bundle = { mainModule: `${dir}/dist/duckdb-eh.wasm`, mainWorker: '' };
  const db = await duckdb.createDuckDB({ mvp: bundle, eh: bundle }, new duckdb.VoidLogger(), duckdb.NODE_RUNTIME);
  await db.instantiate(() => {});
  const connection = db.connect();
  const text = (value) => (typeof value === 'bigint' ? `${value}` : value);
  const ask = (sql) => {
    const rows = connection.query(sql).toArray().map((row) => row.toJSON());
    print(`${rows.length} rows`, JSON.stringify(rows, (_, value) => text(value)));
  };
  return () => {
    setup(Math.round(20000 * scale)).forEach((sql) => connection.query(sql));
    const next = random(141);
    const words = vocabulary(500, 142);
    const people = Array.from({ length: 1009 }, (_, id) => `(${id}, '${words[next() % 500]}${id}', ['${words[next() % 9]}', '${words[next() % 20]}'], {'city': 'Place ${next() % 23}', 'x': ${(next() % 10000) / 8}})`);
    connection.query(`INSERT INTO person VALUES ${people.join()}`);
    queries.forEach(ask);
    changes.forEach(ask);
    queries.slice(0, 8).forEach(ask);
    for (const sql of failures) {
      try {
        ask(sql);
      } catch (error) {
        print('error', error.message.split('\n')[0]);
      }
    }
  };
});

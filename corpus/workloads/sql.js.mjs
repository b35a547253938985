// sql.js: SQLite in memory; see lib/sqlite.mjs.
import { sqliteWork } from '../lib/sqlite.mjs';
import { workload } from '../lib/workload.mjs';

await workload('sql.js', async (tools) => {
  const SQL = await tools.require('./dist/sql-wasm.js')({ useOldExtensionFunctions: false });
  return () => sqliteWork(SQL, tools);
});

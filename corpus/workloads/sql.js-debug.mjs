// sql.js built with assertions and names: the same work as the release build.
import { sqliteWork } from '../lib/sqlite.mjs';
import { workload } from '../lib/workload.mjs';

await workload('sql.js-debug', async (tools) => {
  const SQL = await tools.require('./dist/sql-wasm-debug.js')({ useOldExtensionFunctions: false });
  return () => sqliteWork(SQL, tools);
});

// Runs tasks.wat, after asyncify, and says what is wrong with what its tasks log; null if nothing is.
const EXPECTED = '100 200 101 102 210';

export function tasksLog(bytes) {
  const logged = [];
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { log: n => logged.push(n) } });
  exports.run();
  return logged.join(' ') === EXPECTED ? null : `the tasks log ${logged.join(' ')}, and should log ${EXPECTED}`;
}

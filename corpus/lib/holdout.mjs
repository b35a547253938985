// corpus/holdout: ten modules drawn from a list of packages that wring was not tuned for, by a fixed seed. Prints the names
// of those that have a row in the manifest (h5wasm, geos-wasm and jq-wasm carry their module inside of JavaScript, as text, and have none):
// `corpus/check $(corpus/holdout)`. Thresholds are not to be chosen by what these show.
import { readManifest } from './corpus.mjs';
import { sha256 } from './sizes.mjs';

const seed = 'wring holdout ';
// The names that the draw was made with; where the row's is another, it stands behind.
const list = {
  wasmoon: '', 'jolt-physics': '', 'geos-wasm': '', highs: '', 'jq-wasm': '', 'clingo-wasm': 'clingo', 'swipl-wasm': 'swipl', h5wasm: '',
  'oxc-parser': '', 'clang-format': '', rdkit: '', 'z3-solver': 'z3', 'pandoc-wasm': 'pandoc', webr: '', php: '', micropython: '',
  'js-rewriter': '', stockfish: '', webauthn4js: '', circom2: '',
};

const key = (name) => sha256(seed + name);
const drawn = Object.keys(list).sort((a, b) => (key(a) < key(b) ? -1 : 1)).slice(0, 10);
const rows = new Set(readManifest().map((row) => row.name));
console.log(drawn.map((name) => list[name] || name).filter((name) => rows.has(name)).join(' '));

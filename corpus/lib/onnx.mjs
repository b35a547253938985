// Builds ONNX models as bytes: the few protocol buffer messages that a graph of nodes and constants needs.
const varint = (n) => {
  const out = [];
  for (let rest = BigInt.asUintN(64, BigInt(n)); ; rest >>= 7n) {
    if (rest < 128n) return Buffer.from([...out, Number(rest)]);
    out.push(Number(rest & 127n) | 128);
  }
};
const integer = (field, n) => Buffer.concat([varint(field << 3), varint(n)]);
const bytes = (field, body) => Buffer.concat([varint((field << 3) | 2), varint(body.length), body]);
const text = (field, s) => bytes(field, Buffer.from(s));
const message = (field, ...parts) => bytes(field, Buffer.concat(parts));

const types = { float32: 1, int32: 6, int64: 7 };

function attribute(name, value) {
  if (Array.isArray(value)) return message(5, text(1, name), integer(20, 7), ...value.map((n) => integer(8, n)));
  if (typeof value === 'string') return message(5, text(1, name), integer(20, 3), text(4, value));
  if (Number.isInteger(value)) return message(5, text(1, name), integer(20, 2), integer(3, value));
  const number = Buffer.alloc(4);
  number.writeFloatLE(value);
  return message(5, text(1, name), integer(20, 1), Buffer.concat([varint((2 << 3) | 5), number]));
}

// inputs and outputs: names; attributes: numbers with a fraction become floats, others integers.
export const node = (op, inputs, outputs, attributes = {}) => message(1, ...inputs.map((name) => text(1, name)), ...outputs.map((name) => text(2, name)), text(4, op),
  ...Object.entries(attributes).map(([name, value]) => attribute(name, value)));

export const constant = (name, type, dims, data) => message(5, ...dims.map((n) => integer(1, n)), integer(2, types[type]), text(8, name), bytes(9, Buffer.from(data.buffer, data.byteOffset, data.byteLength)));

const value = (field, [name, type, dims]) => message(field, text(1, name), message(2, message(1, integer(1, types[type]), message(2, ...dims.map((n) => message(1, integer(1, n)))))));

// inputs, outputs: [name, type, dims]…
export const model = ({ nodes, constants = [], inputs, outputs }) => Buffer.concat([integer(1, 8), text(2, 'wring corpus'),
  message(7, ...nodes, text(2, 'graph'), ...constants, ...inputs.map((each) => value(11, each)), ...outputs.map((each) => value(12, each))), message(8, text(1, ''), integer(2, 17))]);

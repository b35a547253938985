// Which exports of WebAssembly instances the JavaScript of a bundle can touch.
//
// Every instance comes from WebAssembly.instantiate(), instantiateStreaming() or new WebAssembly.Instance(). From there on
// its way is followed: through awaits, variables, destructuring, parameters and results of functions that are only ever
// called, and then(). Where only `.name` and `["name"]` are done with the object of exports, the names are all that can be
// reached. As soon as the object goes where it can't be followed (another object, a function that isn't known, an export of
// the bundle, a computed property), there is no answer but the reason, since anything might be called from there. The glue
// of wasm-bindgen and of AssemblyScript, and hand-written loaders, can be followed; emscripten's usually hands the object on.
//
// It is assumed that nothing else gets at these instances: no other script, and no code that is made at run time.
import { parse } from 'acorn';
import { analyze } from 'eslint-scope';

const EQUALITIES = new Set(['==', '===', '!=', '!==', 'instanceof']);
const HARMLESS = new Set(['Module', 'compile', 'compileStreaming', 'validate', 'customSections', 'Memory', 'Table', 'Global', 'Tag', 'JSTag',
  'Exception', 'CompileError', 'LinkError', 'RuntimeError']);

class Prevented extends Error {}

const isNode = (value) => typeof value?.type === 'string';

function linkParents(root) {
  const parents = new Map(), todo = [root];
  while (todo.length) {
    const node = todo.pop();
    for (const value of Object.values(node))
      for (const child of Array.isArray(value) ? value : [value])
        if (isNode(child)) parents.set(child, node), todo.push(child);
  }
  return parents;
}

// The name that a member or a property of a pattern has, if the text says it.
function nameOf(key, computed) {
  if (!computed && key.type === 'Identifier') return key.name;
  if (key.type === 'Literal' && typeof key.value === 'string') return key.value;
  if (key.type === 'TemplateLiteral' && !key.expressions.length) return key.quasis[0].value.cooked;
  return undefined;
}

// One file of the bundle. `kind` below is what an expression may be: 'result' an instance, or what holds one as `.instance`,
// or a promise of these; 'exports' the object of exports, or a promise of it.
class File {
  constructor(name, code, names) {
    this.name = name;
    this.code = code;
    this.names = names;
    const ast = parse(code, { ecmaVersion: 'latest', sourceType: 'module', allowReturnOutsideFunction: true, allowHashBang: true, ranges: true });
    this.parents = linkParents(ast);
    this.scopes = analyze(ast, { ecmaVersion: 2024, sourceType: 'module', ignoreEval: true });
    this.variables = new Map(); // by identifier
    this.handlers = new Map(); // functions given to then(): the call
    this.done = { result: new Set(), exports: new Set() };
    for (const scope of this.scopes.scopes) {
      for (const reference of scope.references) if (reference.resolved) this.variables.set(reference.identifier, reference.resolved);
      for (const variable of scope.variables) for (const { name } of variable.defs) this.variables.set(name, variable);
    }
  }

  prevent(node, what) {
    const line = this.code.slice(0, node.start).split('\n').length;
    const text = this.code.slice(node.start, node.end).replace(/\s+/g, ' ').slice(0, 50);
    throw new Prevented(`${what} (${this.name}, line ${line}: ${text})`);
  }

  parent(node) {
    return this.parents.get(node);
  }

  start() {
    for (const { identifier } of this.scopes.globalScope.through) {
      if (identifier.name === 'WebAssembly') this.startAt(identifier);
      if (identifier.name === 'eval') this.prevent(identifier, 'eval sees everything');
    }
    for (const node of this.parents.keys())
      if (node.type === 'MemberExpression' && nameOf(node.property, node.computed) === 'WebAssembly')
        this.prevent(node, 'WebAssembly is taken out of an object');
  }

  // `WebAssembly` itself: what is called, and what only asks whether there is such a thing.
  startAt(identifier) {
    const member = this.parent(identifier);
    if (this.isAsked(identifier)) return;
    const name = member.type === 'MemberExpression' && member.object === identifier && nameOf(member.property, member.computed);
    if (!name) this.prevent(member, 'WebAssembly is handed on');
    const use = this.parent(member);
    const calls = (use.type === 'CallExpression' || use.type === 'NewExpression') && use.callee === member;
    if (calls && (name === 'instantiate' || name === 'instantiateStreaming' || name === 'Instance')) this.follow(use, 'result');
    else if (!HARMLESS.has(name) && !this.isAsked(member)) this.prevent(use, `WebAssembly.${name} is handed on`);
  }

  // Whether an expression is only compared, or asked for its truth or type.
  isAsked(node) {
    const parent = this.parent(node);
    if (parent.type === 'UnaryExpression') return true;
    if (parent.type === 'BinaryExpression') return EQUALITIES.has(parent.operator);
    return /^(If|While|DoWhile|Conditional)/.test(parent.type) && parent.test === node;
  }

  follow(node, kind) {
    if (this.done[kind].has(node)) return undefined;
    this.done[kind].add(node);
    const parent = this.parent(node);
    if (this.isAsked(node)) return undefined;
    switch (parent.type) {
      case 'AwaitExpression': case 'ChainExpression': case 'ParenthesizedExpression': case 'ConditionalExpression': case 'LogicalExpression':
        return this.follow(parent, kind);
      case 'SequenceExpression': return parent.expressions.at(-1) === node ? this.follow(parent, kind) : undefined;
      case 'ExpressionStatement': return undefined;
      case 'MemberExpression': return parent.object === node ? this.member(parent, kind) : this.prevent(parent, 'it is a key');
      case 'VariableDeclarator': return this.bind(parent.id, kind);
      case 'AssignmentExpression': return this.assigned(parent, node, kind);
      case 'ReturnStatement': return this.returned(this.functionAround(parent), kind);
      case 'ArrowFunctionExpression': return this.returned(parent, kind);
      case 'CallExpression': return this.argument(parent, node, kind);
      case 'BinaryExpression': return this.binary(parent, kind);
      case 'Property': return this.property(parent, kind);
      default: return this.prevent(parent, `the object of exports goes into a ${parent.type}`);
    }
  }

  assigned(assignment, node, kind) {
    if (assignment.right !== node) return;
    this.bind(assignment.left, kind);
    this.follow(assignment, kind);
  }

  binary(node, kind) {
    const name = node.operator === 'in' && kind === 'exports' && nameOf(node.left, true);
    if (name) this.names.add(name);
    else this.prevent(node, 'it is used in an expression');
  }

  // { instance, module }, as wasm-bindgen makes it.
  property(property, kind) {
    const object = this.parent(property);
    if (kind !== 'result' || object.type !== 'ObjectExpression' || nameOf(property.key, property.computed) !== 'instance')
      this.prevent(property, 'it is put into an object');
    this.follow(object, kind);
  }

  member(member, kind) {
    const name = nameOf(member.property, member.computed);
    if (name === undefined) this.prevent(member, 'a computed property is read');
    const call = this.parent(member);
    if (call.type === 'CallExpression' && call.callee === member && /^(then|catch|finally)$/.test(name)) return this.then(call, name, kind);
    if (kind === 'exports') this.names.add(name);
    else if (name === 'instance') this.follow(member, 'result');
    else if (name === 'exports') this.follow(member, 'exports');
    return undefined;
  }

  then(call, name, kind) {
    if (name !== 'then') return this.follow(call, kind);
    const [handler] = call.arguments;
    const fn = handler && this.functionOf(handler);
    if (!fn) this.prevent(call, 'then() is given what is no function here');
    this.handlers.set(fn, call);
    return this.parameter(fn, 0, kind);
  }

  bind(pattern, kind) {
    switch (pattern.type) {
      case 'Identifier': return this.variable(pattern, kind);
      case 'AssignmentPattern': return this.bind(pattern.left, kind);
      case 'ObjectPattern':
        for (const property of pattern.properties) this.take(property, kind);
        return undefined;
      default: return this.prevent(pattern, 'it is stored where it cannot be followed');
    }
  }

  take(property, kind) {
    const name = property.type === 'Property' ? nameOf(property.key, property.computed) : undefined;
    if (name === undefined) this.prevent(property, 'the rest of it is taken');
    if (kind === 'exports') this.names.add(name);
    else if (name === 'instance') this.bind(property.value, 'result');
    else if (name === 'exports') this.bind(property.value, 'exports');
  }

  variable(identifier, kind) {
    const variable = this.variables.get(identifier);
    if (!variable || variable.scope.type === 'global') this.prevent(identifier, 'it is stored in a global variable');
    for (const { node } of variable.defs)
      if (this.parent(this.parent(node) ?? node)?.type === 'ExportNamedDeclaration') this.prevent(node, 'it is exported');
    for (const reference of variable.references) if (reference.isRead()) this.follow(reference.identifier, kind);
  }

  // --- Functions ---

  functionAround(node) {
    let at = node;
    while (!/Function/.test(at.type)) {
      at = this.parent(at);
      if (!at) this.prevent(node, 'it is returned outside of a function');
    }
    return at;
  }

  // The function that an expression always is.
  functionOf(node) {
    if (/FunctionExpression$/.test(node.type)) return node;
    const variable = node.type === 'Identifier' && this.variables.get(node);
    if (!variable || variable.defs.length !== 1) return undefined;
    const [{ type, node: def }] = variable.defs;
    const written = variable.references.filter((reference) => reference.isWrite() && !reference.init).length;
    if (written) return undefined;
    if (type === 'FunctionName') return def;
    return type === 'Variable' && def.id.type === 'Identifier' && /FunctionExpression$/.test(def.init?.type) ? def.init : undefined;
  }

  argument(call, node, kind) {
    if (call.callee === node) this.prevent(call, 'it is called');
    const { callee } = call, index = call.arguments.indexOf(node);
    // AssemblyScript: an object of wrappers before the exports; what is read from it is a wrapper's or an export's name.
    if (kind === 'exports' && index === 1 && this.code.slice(callee.start, callee.end) === 'Object.setPrototypeOf') return this.follow(call, kind);
    const fn = this.functionOf(callee);
    if (!fn) this.prevent(call, 'it is given to a function that is not known');
    if (call.arguments.slice(0, index).some(({ type }) => type === 'SpreadElement')) this.prevent(call, 'arguments are spread');
    return this.parameter(fn, index, kind);
  }

  parameter(fn, index, kind) {
    const own = fn.type !== 'ArrowFunctionExpression' && this.scopes.acquire(fn, true)?.set?.get('arguments');
    if (own && own.references.length) this.prevent(fn, 'the function reads its arguments');
    const rest = fn.params.findIndex(({ type }) => type === 'RestElement');
    if (rest >= 0 && rest <= index) this.prevent(fn, 'the function takes the rest of its arguments');
    if (index < fn.params.length) this.bind(fn.params[index], kind);
  }

  // What a function returns is what its calls are. There must be no other use of it.
  returned(fn, kind) {
    if (this.done[kind].has(fn)) return undefined;
    this.done[kind].add(fn);
    const parent = this.parent(fn), handled = this.handlers.get(fn);
    if (fn.generator) this.prevent(fn, 'a generator returns it');
    if (handled) this.follow(handled, kind);
    if (parent.type === 'CallExpression' && parent.callee === fn) return this.follow(parent, kind);
    if (/^Export/.test(parent.type) || /^Export/.test(this.parent(this.parent(parent) ?? parent)?.type)) this.prevent(parent, 'a function that returns it is exported');
    const names = [fn.id, parent.type === 'VariableDeclarator' && parent.id].filter((name) => name?.type === 'Identifier');
    const isNamed = fn.type === 'FunctionDeclaration' || parent.type === 'VariableDeclarator';
    if (!handled && !(isNamed && names.length)) this.prevent(fn, 'a function that returns it cannot be followed');
    for (const name of names) this.usesOf(fn, name, kind);
    return undefined;
  }

  // All uses of a function's name, or of another variable that holds the function.
  usesOf(fn, name, kind) {
    for (const reference of this.variables.get(name)?.references ?? []) if (reference.isRead()) this.useOf(fn, reference.identifier, kind);
  }

  useOf(fn, identifier, kind) {
    const use = this.parent(identifier);
    if (use.type === 'CallExpression' && use.callee === identifier) return this.follow(use, kind);
    if (use.type === 'CallExpression' && this.handlers.get(fn) === use) return undefined;
    const isAlias = use.type === 'VariableDeclarator' && use.init === identifier && use.id.type === 'Identifier';
    if (isAlias && !/^Export/.test(this.parent(this.parent(use)).type)) return this.usesOf(fn, use.id, kind);
    const name = use.type === 'MemberExpression' && use.object === identifier && nameOf(use.property, use.computed);
    if (name && !/^(call|apply|bind)$/.test(name)) return undefined; // a property of the function
    return this.isAsked(identifier) ? undefined : this.prevent(use, 'a function that returns it is handed on');
  }
}

/** The names of the exports that these files can touch, as { names }, or { prevented }: why that can't be said. */
export function usedExports(files) {
  const names = new Set(), using = files.filter(({ code }) => code.includes('WebAssembly'));
  const page = using.find(({ name }) => !/\.[cm]?js$/.test(name));
  if (!using.length) return { prevented: 'no script of the bundle names WebAssembly' };
  if (page) return { prevented: `${page.name} names WebAssembly outside of a script's file` };
  try {
    for (const { name, code } of using) new File(name, code, names).start();
  } catch (error) {
    if (error instanceof Prevented) return { prevented: error.message };
    if (error instanceof SyntaxError) return { prevented: `it cannot be parsed: ${error.message}` };
    throw error;
  }
  return { names: [...names].sort() };
}

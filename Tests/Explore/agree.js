'use strict';
// agree.js COMPILER FILE PAGE: runs the programs and models of a page of `cajal2c explore` by the page's own script, without a
// browser, and compares their results and gradients with what `cajal2c run` says of the same inputs.

const { execFileSync } = require('child_process');
const fs = require('fs');
const vm = require('vm');

const [compiler, file, page] = process.argv.slice(2);
const html = fs.readFileSync(page, 'utf8');
const data = JSON.parse(/<script type="application\/json" id="model">(.*?)<\/script>/s.exec(html)[1]);
const script = /<script>\n(.*?)<\/script>/s.exec(html)[1];
const { Interpreter, Running } = vm.runInNewContext(`${script}\n({ Interpreter, Running });`);

const tolerance = 1e-5;
// Longer vectors would not fit on a command line.
const longest = 4000;
const mostDerivatives = 2000;

/** Numbers between -1 and 1 that are the same each time. */
let state = 12345;
const random = () => {
  state = (state * 1103515245 + 12345) % 2147483648;
  return state / 1073741824 - 1;
};

const nested = (numbers, shape) => {
  if (shape.length === 0) return String(numbers[0]);
  const size = numbers.length / shape[0];
  const parts = [...new Array(shape[0]).keys()].map((at) => numbers.slice(at * size, (at + 1) * size));
  return `[${parts.map((part) => nested(part, shape.slice(1))).join(', ')}]`;
};

/** As `--set` takes it. A tensor is written in its shape, anything else as the numbers of its vector. */
const setting = (port, vector) => {
  if (port.type.startsWith('Real') && !port.type.includes('-o')) return nested(vector, port.shape);
  return vector.length > longest ? 'fun x => x' : `[${vector.join(', ')}]`;
};

const ask = (program, settings, ...options) => execFileSync(
  compiler, ['run', file, '--program', program.map.name, '--format', 'csv', ...settings, ...options],
  { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'ignore'] }).trim().split('\n');

let count = 0;
const compare = (what, ours, theirs) => {
  if (ours.length !== theirs.length) throw new Error(`${what}: ${ours.length} numbers for ${theirs.length}`);
  ours.forEach((x, at) => {
    count += 1;
    if (Object.is(x, theirs[at]) || Math.abs(x - theirs[at]) <= tolerance * Math.max(1, Math.abs(theirs[at]))) return;
    throw new Error(`${what}: entry ${at} is ${x} in the page, and ${theirs[at]}`);
  });
};

for (const program of [...data.programs, ...data.models]) {
  const { name } = program.map;
  const reason = Running.why(program);
  if (reason) {
    console.log(`${name}: ${reason}`);
    continue;
  }
  // Of a model, its tensors have the values that the compiler gives them too.
  const { inputs } = program.run;
  const tensors = inputs.filter((port) => port.value).length;
  const vectors = inputs.map((port) => {
    const vector = Array.from(Interpreter.start(port));
    return port.value || vector.length > longest ? vector : vector.map(random);
  });
  const settings = inputs.flatMap(
    (port, at) => (at < tensors ? [] : ['--set', `${port.name}=${setting(port, vectors[at])}`]));
  const [result] = Interpreter.run(program.map.forward, vectors);
  compare(`${name}`, result, ask(program, settings).map(Number));
  const size = vectors.slice(tensors).reduce((sum, vector) => sum + vector.length, 0);
  if (size === 0 || size * result.length > mostDerivatives) continue;
  // A row for each entry of the result, with the derivatives in all inputs.
  const rows = ask(program, settings, '--jacobian').slice(1).map((line) => line.split(',').map(Number));
  rows.forEach((row, at) => {
    const all = Interpreter.run(program.map.adjoint, [...vectors, Interpreter.unit(at, result.length)]);
    compare(`${name} with its gradients`, all[0], result);
    compare(`gradients of entry ${at} of ${name}`, all.slice(1 + tensors).flatMap((one) => Array.from(one)), row);
  });
}
console.log(`${count} numbers agree`);

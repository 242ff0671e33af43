'use strict';
// graphs.js PAGE CASES: runs graphs by a page's own script. CASES is a JSON list of graphs with arguments and the
// results that they have. Prints the operations that were compared.

const fs = require('fs');
const vm = require('vm');

const [page, cases] = process.argv.slice(2);
const script = /<script>\n(.*?)<\/script>/s.exec(fs.readFileSync(page, 'utf8'))[1];
const { Interpreter } = vm.runInNewContext(`${script}\n({ Interpreter });`);

const names = new Set();
const note = (graph) => graph.nodes.forEach((node) => {
  names.add(Interpreter.parse(node.op).name);
  if (node.body) note(node.body);
});

JSON.parse(fs.readFileSync(cases, 'utf8')).forEach(({ graph, arguments: given, results }, at) => {
  const missing = Interpreter.unknown(graph);
  if (missing) {
    console.log(`- ${missing}`);
    return;
  }
  note(graph);
  const ours = Interpreter.run(graph, given.map((vector) => vector.map(Number)));
  results.forEach((vector, result) => vector.forEach((text, entry) => {
    const [expected, x] = [Number(text), ours[result][entry]];
    if (Object.is(x, expected) || Math.abs(x - expected) <= 1e-9 * Math.max(1, Math.abs(expected))) return;
    throw new Error(`graph ${at}, result ${result}, entry ${entry}: ${x} in the page, and ${expected}`);
  }));
});
for (const name of [...names].sort()) console.log(name);

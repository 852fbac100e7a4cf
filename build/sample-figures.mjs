// The lines of build/train-samples.sh for one sample: node build/sample-figures.mjs NAME SECONDS, or --header.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const widths = [18, 11, 6, 26, 8, 8, 14, 20];
const line = cells => cells.map((cell, index) => String(cell).padEnd(widths[index])).join(' ').trimEnd();
const percent = share => `${(100 * share).toFixed(1)} %`;

if (process.argv[2] === '--header') {
  console.log(line(['sample', 'rows', 'time', 'output', 'right', 'base', 'ROUGE-L (base)', 'goal', 'gate']));
  process.exit(0);
}

const [name, seconds] = process.argv.slice(2);
const folder = join('samples', name);
const read = path => readFileSync(path, 'utf8');
const filesBelow = (path, suffix) => existsSync(path)
  ? readdirSync(path, { recursive: true }).filter(file => file.endsWith(suffix)).map(file => join(path, file))
  : [];

const project = read(join(folder, `${name}.csproj`));
const prompts = filesBelow(join(folder, 'prompts'), '.prompty').map(read).join('\n');
const lock = JSON.parse(read(join(folder, 'edgebuild.lock.json')));

const rows = split => filesBelow(join(folder, 'data'), `.${split}.jsonl`)
  .reduce((sum, file) => sum + read(file).split('\n').filter(row => row.trim()).length, 0);

const gates = [...new Set(project.match(/\b(Min\w+|Max\w+)(="[^"]+"|>[^<]+)/g) ?? [])].map(gate => gate.replace(/[">]/g, '').replace(/^(\w+)(?=[\d.])/, '$1 ').replace('=', ' '));

// The goals that README files of samples speak of: what an app can be built on.
const goal = /^ +tools:/m.test(prompts) ? '85 % of calls'
  : /kind: (object|array)/.test(prompts) ? '80 % of fields'
    : /freeText:/.test(prompts) ? '2 x base ROUGE-L'
      : '85 %';

const outputs = Object.entries(lock.metrics);
outputs.forEach(([output, figure], index) => {
  const first = index === 0;
  console.log(line([
    first ? name : '', first ? `${rows('train')}/${rows('test')}` : '', first ? `${seconds} s` : '', output, percent(figure.accuracy), percent(figure.baseAccuracy),
    figure.rougeL === undefined ? '' : `${figure.rougeL.toFixed(3)} (${figure.baseRougeL?.toFixed(3) ?? '?'})`, first ? goal : '', first ? gates.join(', ') || 'none' : '',
  ]));
});
if (outputs.length === 0) {
  console.error(`samples/${name}/edgebuild.lock.json has no figures: the build has trained nothing.`);
  process.exit(1);
}

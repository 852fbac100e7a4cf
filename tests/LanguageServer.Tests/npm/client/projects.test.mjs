// How the server finds prompts, datasets and models, and follows what changes.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { Editor, Project, lsp, place } from './editor.mjs';

let editor;
before(async () => {
  editor = await Editor.start();
});
after(() => editor.stop());

const errors = (findings) => findings.filter((finding) => finding.severity === lsp.DiagnosticSeverity.Error);
const hasCode = (code) => (found) => found.diagnostics.some((finding) => finding.code === code);

function unbuilt() {
  const project = new Project();
  fs.rmSync(project.path('obj'), { recursive: true });
  return project;
}

function files(project) {
  return fs.readdirSync(project.root, { recursive: true }).sort();
}

test('A project that was never built is evaluated, and nothing is written into it', async () => {
  const project = unbuilt();
  const before = files(project);
  const rows = project.uri('data/train.jsonl');
  await editor.open(rows, project.read('data/train.jsonl').replace('"Access"', '"Acess"'));
  await editor.findings(rows, hasCode('EDGE1105'));
  const prompt = project.uri('triage.prompty');
  await editor.open(prompt);
  const definition = await editor.at(lsp.DefinitionRequest.type, prompt, place(project.read('triage.prompty'), 'name: ticket', 7));
  assert.equal(definition.length, 2);
  assert.deepEqual((await editor.of(lsp.CodeLensRequest.type, prompt)).map((lens) => lens.command.title), ['Train']);
  assert.deepEqual(files(project), before);
  project.remove();
});

test('Files outside of the folder of the project that uses them are found in the workspace', async () => {
  const project = new Project();
  fs.mkdirSync(project.path('app'));
  for (const name of ['App.csproj', 'Program.cs', 'edgebuild.lock.json', 'obj']) {
    fs.renameSync(project.path(name), project.path('app/' + name));
  }

  const plan = project.path('app/obj/edge/Support.plan.json');
  fs.utimesSync(plan, new Date(), new Date());
  const opened = await Editor.start({ folders: [project.uri('.')] });
  const rows = project.uri('data/train.jsonl');
  await opened.open(rows, project.read('data/train.jsonl').replace('"Access"', '"Acess"'));
  await opened.findings(rows, hasCode('EDGE1105'));
  await opened.stop();
  project.remove();
});

test('A changed project file is followed without a build', async () => {
  const project = new Project();
  const rows = project.uri('data/more.jsonl');
  project.write('data/more.jsonl', '{"ticket": "ccc", "category": "Acess"}\n');
  await editor.open(rows);
  project.write('App.csproj', project.read('App.csproj').replace('<EdgeDataset Include="data/train', '<EdgeDataset Include="data/more.jsonl" Prompt="triage" />\n    <EdgeDataset Include="data/train'));
  await editor.connection.sendNotification(lsp.DidChangeWatchedFilesNotification.type, { changes: [{ uri: project.uri('App.csproj'), type: lsp.FileChangeType.Changed }] });
  await editor.findings(rows, hasCode('EDGE1105'));
  project.remove();
});

test('A build is followed without a restart, also where the editor watches nothing', async () => {
  const project = new Project();
  const prompt = project.uri('triage.prompty');
  const text = project.read('triage.prompty');
  await editor.open(prompt);
  const columns = async () => (await editor.at(lsp.DefinitionRequest.type, prompt, place(text, 'name: ticket', 7))).length;
  assert.equal(await columns(), 2);
  const plan = JSON.parse(project.read('obj/edge/Support.plan.json'));
  plan.prompts[0].datasets.pop();
  project.write('obj/edge/Support.plan.json', JSON.stringify(plan));
  assert.equal(await columns(), 1);
  project.remove();
});

test('A model that was built or removed is followed', async () => {
  const project = new Project();
  const table = project.uri('data/test.csv');
  await editor.open(table);
  const hover = async () => (await editor.at(lsp.HoverRequest.type, table, { line: 2, character: 2 })).contents.value;
  assert.match(await hover(), /as the row has it|the row has/);
  const models = project.path('cache/models');
  fs.renameSync(models, models + '.away');
  assert.match(await hover(), /No evaluation yet/);
  fs.renameSync(models + '.away', models);
  assert.match(await hover(), /as the row has it|the row has/);
  project.remove();
});

test('Two workspaces keep apart what has the same name', async () => {
  const [one, two] = [new Project(), new Project()];
  two.write('triage.prompty', two.read('triage.prompty').replaceAll('Access', 'Refund'));
  const both = await Editor.start({ folders: [one.uri('.'), two.uri('.')], capabilities: { workspace: { workspaceFolders: true } } });
  assert.equal(both.capabilities.workspace.workspaceFolders.supported, true);
  await both.open(one.uri('data/train.jsonl'));
  await both.open(two.uri('data/train.jsonl'));
  assert.deepEqual(errors(await both.findings(one.uri('data/train.jsonl'))), []);
  assert.equal((await both.findings(two.uri('data/train.jsonl')))[0].code, 'EDGE1105');
  await both.connection.sendNotification(lsp.DidChangeWorkspaceFoldersNotification.type, { event: { added: [], removed: [{ uri: two.uri('.'), name: 'two' }] } });
  assert.deepEqual(errors(await both.findings(one.uri('data/train.jsonl'))), []);
  assert.equal(await both.stop(), 0);
  one.remove();
  two.remove();
});

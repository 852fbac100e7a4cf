// What an editor offers in the rows.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Editor, Project, apply, lsp, place, position } from './editor.mjs';

let project, editor, rows, table, train, tests;
before(async () => {
  project = new Project();
  editor = await Editor.start();
  rows = project.uri('data/train.jsonl');
  table = project.uri('data/test.csv');
  train = project.read('data/train.jsonl');
  tests = project.read('data/test.csv');
});
after(async () => {
  await editor.stop();
  project.remove();
});

const hover = async (uri, at) => (await editor.at(lsp.HoverRequest.type, uri, at))?.contents.value;
const wrong = 'aaa aaa 101,Billing';

test('Rows are checked as the editor holds them', async () => {
  await editor.open(rows, train.replace('"Access"', '"Acess"'));
  const finding = (await editor.findings(rows, (found) => found.diagnostics.some((one) => one.code === 'EDGE1105'))).find((one) => one.code === 'EDGE1105');
  assert.deepEqual(finding.range.start, place(train, '"Access"'));
});

test('Labels are proposed where they are written', async () => {
  await editor.open(rows, train);
  const at = place(train, '"Billing"', 2);
  const items = await editor.at(lsp.CompletionRequest.type, rows, at);
  assert.deepEqual(items.map((item) => item.label), ['Billing', 'Access']);
  assert.deepEqual(items[0].textEdit.range.start, place(train, '"Billing"', 1));
});

test('Hover has the answer of the shipped model to a test row, with probabilities, and finds the row when lines have moved', async () => {
  await editor.open(table, tests);
  const line = place(tests, 'bbb bbb 82').line;
  const answer = await hover(table, { line, character: 3 });
  assert.match(answer, /\*\*Support\*\* · `triage` · Test[^]*`category`: \*\*Billing\*\* [\d.]+ %, as the row has it[^]*- Billing [\d.]+ %[^]*- Access [\d.]+ %/);
  assert.match(await hover(table, place(tests, wrong)), /\*\*Access\*\* [\d.]+ %, the row has Billing/);

  // A field with a line end in it, above.
  const moved = tests.replace('ticket,category\n', 'ticket,category\n"two\nlines 😀",Access\n');
  await editor.open(table, moved);
  assert.equal(await hover(table, { line: line + 2, character: 3 }), answer);
  assert.match(await hover(table, { line: 1, character: 2 }), /not in the last evaluation/);
  assert.equal(await hover(table, { line: 2, character: 2 }), await hover(table, { line: 1, character: 2 }));

  await editor.open(table, tests.replace('bbb bbb 82', 'bbb bbb 82 changed'));
  assert.match(await hover(table, { line, character: 3 }), /has changed since/);
  assert.equal(await hover(table, { line: 0, character: 3 }), undefined);
  await editor.open(rows, train);
  assert.match(await hover(rows, { line: 3, character: 3 }), /only test rows are evaluated/);
});

test('A label that looks wrong is a hint, and a code action sets it', async () => {
  await editor.open(table, '\uFEFF' + tests);
  const found = await editor.findings(table, (all) => all.diagnostics.some((finding) => finding.severity === lsp.DiagnosticSeverity.Hint));
  const hint = found.find((finding) => finding.severity === lsp.DiagnosticSeverity.Hint);
  assert.equal(hint.code, 'EDGE1116');
  assert.deepEqual(hint.range, { start: place(tests, wrong, 12), end: place(tests, wrong, wrong.length) });
  assert.match(hint.message, /'Access' [\d.]+ %/);

  const [action] = await editor.of(lsp.CodeActionRequest.type, table, { range: hint.range, context: { diagnostics: [hint] } });
  assert.equal(action.title, "Set category to 'Access'");
  assert.equal(apply(tests, action.edit.changes[table]), tests.replace(wrong, wrong.replace('Billing', 'Access')));
  assert.deepEqual(await editor.of(lsp.CodeActionRequest.type, table, { range: { start: { line: 2, character: 0 }, end: { line: 2, character: 0 } }, context: { diagnostics: [] } }), []);

  await editor.change(table, { range: hint.range, text: 'Access' });
  await editor.findings(table, (all) => all.version === 2 && all.diagnostics.every((finding) => finding.severity !== lsp.DiagnosticSeverity.Hint));
});

test('Definition goes from a column to the input and from a label to its place in the prompt', async () => {
  const prompt = project.uri('triage.prompty');
  const text = project.read('triage.prompty');
  const go = async (uri, at) => (await editor.at(lsp.DefinitionRequest.type, uri, at)).map((location) => [location.uri, location.range.start]);
  await editor.open(rows, train);
  await editor.open(table, tests);
  assert.deepEqual(await go(rows, place(train, '"ticket"', 3)), [[prompt, place(text, 'name: ticket', 6)]]);
  assert.deepEqual(await go(rows, place(train, '"Access"', 3)), [[prompt, place(text, '- Access', 2)]]);
  assert.deepEqual(await go(table, place(tests, 'category', 3)), [[prompt, place(text, 'name: category', 6)]]);
  assert.deepEqual(await go(table, position(tests, tests.indexOf('Billing') + 2)), [[prompt, place(text, '- Billing', 2)]]);
});

test('An editor that asks for findings gets them, and none unasked', async () => {
  const asking = await Editor.start({ capabilities: { textDocument: { diagnostic: {} } } });
  assert.ok(asking.capabilities.diagnosticProvider);
  await asking.open(rows, train.replace('"Access"', '"Acess"'));
  const report = await asking.of(lsp.DocumentDiagnosticRequest.type, rows);
  assert.equal(report.kind, 'full');
  assert.equal(report.items[0].code, 'EDGE1105');
  const prompt = project.uri('triage.prompty');
  await asking.open(prompt, project.read('triage.prompty').replace('{{ticket}}', '{{tiket}}'));
  assert.ok((await asking.of(lsp.DocumentDiagnosticRequest.type, prompt)).items.some((finding) => finding.code === 'EDGE1004'));
  assert.equal(asking.published.size, 0);
  await asking.stop();
});

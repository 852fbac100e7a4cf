// What an editor offers in a prompt file and in the project file.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Editor, Project, apply, lsp, place } from './editor.mjs';

let project, editor, uri, text;
before(async () => {
  project = new Project();
  editor = await Editor.start({ folders: [project.uri('.')] });
  uri = project.uri('triage.prompty');
  text = project.read('triage.prompty');
});
after(async () => {
  assert.equal(await editor.stop(), 0);
  project.remove();
});

/** Opens the prompt with another text; § is the cursor. */
async function write(marked) {
  const cursor = marked.indexOf('§');
  const changed = marked.replace('§', '');
  await editor.open(uri, changed);
  return cursor < 0 ? undefined : place(marked, '§');
}

test('The server tells what it can do', () => {
  const can = editor.capabilities;
  assert.equal(can.positionEncoding, 'utf-16');
  assert.equal(can.textDocumentSync.change, lsp.TextDocumentSyncKind.Incremental);
  for (const name of ['completionProvider', 'hoverProvider', 'definitionProvider', 'referencesProvider', 'renameProvider', 'documentSymbolProvider', 'foldingRangeProvider',
    'documentFormattingProvider', 'codeActionProvider', 'semanticTokensProvider', 'inlayHintProvider', 'codeLensProvider', 'signatureHelpProvider', 'executeCommandProvider']) {
    assert.ok(can[name], name);
  }

  // One that pushes and offers to be asked shows everything twice.
  assert.equal(can.diagnosticProvider, undefined);
});

test('Findings stand where the text is in UTF-16 units, behind emoji and combining marks', async () => {
  await write(text.replace('{{ticket}}', '😀 e\u0301 👩‍👩‍👧 {{tiket}}'));
  const [found] = (await editor.findings(uri, (all) => all.diagnostics.some((finding) => finding.code === 'EDGE1004'))).filter((finding) => finding.code === 'EDGE1004');
  const line = '😀 e\u0301 👩‍👩‍👧 {{tiket}}';
  assert.deepEqual(found.range, {
    start: { line: place(text, '{{ticket}}').line, character: line.indexOf('{{') }, end: { line: place(text, '{{ticket}}').line, character: line.length },
  });
  assert.equal(found.severity, lsp.DiagnosticSeverity.Error);
  assert.equal(found.source, 'edgebuild');
});

for (const [what, old, marked, expected] of [
  ['keys', 'description: Sorts tickets.', 'descr§', 'description: '],
  ['keys of an output', '    required: true', '    requ§', 'required: '],
  ['kinds', 'kind: string\n    description', 'kind: s§\n    description', 'string'],
  ['values of a key', 'required: true', 'required: t§', 'true'],
  ['roles', 'user:', 'us§', 'user:'],
  ['inputs', '{{ticket}}', '😀 {{ti§', 'ticket}}'],
  ['labels below assistant:', '{{ticket}}', '{{ticket}}\n\nassistant:\nB§', 'Billing'],
]) {
  test(`Completion proposes ${what}`, async () => {
    const cursor = await write(text.replace(old, marked));
    const items = await editor.at(lsp.CompletionRequest.type, uri, cursor);
    const item = items.find((candidate) => candidate.textEdit.newText === expected);
    assert.ok(item, items.map((candidate) => candidate.textEdit.newText).join(' | '));
    const mended = apply(text.replace(old, marked).replace('§', ''), [item.textEdit]);
    assert.ok(mended.includes(expected));
  });
}

test('Completion proposes labels of the rows that are not listed yet', async () => {
  const cursor = await write(text.replace('      - Access', '      - §'));
  const items = await editor.at(lsp.CompletionRequest.type, uri, cursor);
  assert.deepEqual(items.map((item) => item.label), ['Access']);
});

test('Completion proposes models, prompts and splits in the project file', async () => {
  const file = project.uri('App.csproj');
  const source = project.read('App.csproj');
  for (const [before, expected] of [
    ['home.prompty" Model="', ['Support', 'House']],
    ['train.jsonl" Prompt="', ['triage', 'reply', 'home']],
    ['Split="', ['Train', 'Validation', 'Test']],
  ]) {
    await editor.open(file, source);
    const items = await editor.at(lsp.CompletionRequest.type, file, place(source, before, before.length));
    assert.deepEqual(items.map((item) => item.label), expected);
  }
});

test('Hover explains inputs, labels with figures of the model, and the prompt with its tokens', async () => {
  await write(text);
  const hover = async (part, offset) => (await editor.at(lsp.HoverRequest.type, uri, place(text, part, offset))).contents.value;
  assert.match(await hover('{{ticket}}', 4), /input, string[^]*What the customer wrote\.[^]*`bbb bbb 0`/);
  assert.match(await hover('- Billing', 3), /Train: 32 rows[^]*Test: 7 rows[^]*Support: precision [\d.]+ %, recall [\d.]+ % on 7 test rows/);
  const prompt = await hover('name: triage', 8);
  assert.match(prompt, /Client `Triage`[^]*90\.0 % right on 13 test rows/);
  const [, all, cached] = /(\d+) tokens and the inputs, (\d+) of them cached/.exec(prompt).map(Number);
  assert.ok(cached > 0 && cached < all, prompt);
  assert.match(await hover('enumValues', 3), /labels/);
  assert.equal(await editor.at(lsp.HoverRequest.type, uri, { line: 0, character: 0 }), null);
});

test('Definition goes from placeholder to input to column, from label to row, from the prompt to item and class', async () => {
  await write(text);
  const go = async (part, offset) => (await editor.at(lsp.DefinitionRequest.type, uri, place(text, part, offset))).map((location) => [location.uri, location.range.start]);
  assert.deepEqual(await go('{{ticket}}', 4), [[uri, place(text, 'name: ticket', 6)]]);
  assert.deepEqual(await go('name: ticket', 7), [[project.uri('data/train.jsonl'), { line: 0, character: 1 }], [project.uri('data/test.csv'), { line: 0, character: 0 }]]);
  assert.deepEqual((await go('- Access', 3))[0][0], project.uri('data/train.jsonl'));
  assert.deepEqual(await go('name: triage', 8), [
    [project.uri('App.csproj'), { line: 7, character: 0 }], [project.uri('Program.cs'), { line: 0, character: 17 }],
  ]);
  project.write('obj/generated/Triage.g.cs', 'namespace App;\npublic sealed class Triage\n{\n}\n');
  assert.deepEqual((await go('name: triage', 8))[1], [project.uri('obj/generated/Triage.g.cs'), { line: 1, character: 14 }]);
});

test('References of an input are its placeholders and columns, of a label its rows', async () => {
  await write(text);
  const context = { includeDeclaration: true };
  const input = await editor.at(lsp.ReferencesRequest.type, uri, place(text, '{{ticket}}', 4), { context });
  assert.deepEqual(input.map((location) => location.uri), [uri, uri, project.uri('data/train.jsonl'), project.uri('data/test.csv')]);
  const label = await editor.at(lsp.ReferencesRequest.type, uri, place(text, '- Billing', 3), { context });
  assert.equal(label.length, 1 + 32 + 7);
});

test('Rename changes prompt and datasets in one edit, also rows that are not saved yet', async () => {
  await write(text);
  const rows = project.uri('data/train.jsonl');
  const unsaved = '{"ticket": "new 😀", "category": "Billing"}\n' + project.read('data/train.jsonl');
  await editor.open(rows, unsaved);
  const at = place(text, '{{ticket}}', 4);
  assert.equal((await editor.at(lsp.PrepareRenameRequest.type, uri, at)).placeholder, 'ticket');
  const { changes } = await editor.at(lsp.RenameRequest.type, uri, at, { newName: 'message' });
  assert.equal(apply(text, changes[uri]), text.replace('name: ticket', 'name: message').replace('{{ticket}}', '{{message}}'));
  assert.equal(apply(unsaved, changes[rows]), unsaved.replaceAll('"ticket"', '"message"'));
  assert.equal(apply(project.read('data/test.csv'), changes[project.uri('data/test.csv')]), project.read('data/test.csv').replace('ticket', 'message'));

  const label = (await editor.at(lsp.RenameRequest.type, uri, place(text, '- Billing', 3), { newName: 'Bills, "paid"' })).changes;
  assert.ok(apply(project.read('data/test.csv'), label[project.uri('data/test.csv')]).includes('"Bills, ""paid"""'));
  await assert.rejects(editor.at(lsp.RenameRequest.type, uri, at, { newName: 'two words' }), (error) => error.code === lsp.LSPErrorCodes.RequestFailed && /two words/.test(error.message));
  assert.equal(await editor.at(lsp.PrepareRenameRequest.type, uri, { line: 0, character: 1 }), null);
  await editor.connection.sendNotification(lsp.DidCloseTextDocumentNotification.type, { textDocument: { uri: rows } });
});

test('Outline, folds and tokens cover the file', async () => {
  await write(text);
  const symbols = await editor.of(lsp.DocumentSymbolRequest.type, uri);
  assert.deepEqual(symbols.map((symbol) => symbol.name), ['triage', 'ticket', 'category', 'system', 'user']);
  assert.deepEqual(symbols[2].children.map((symbol) => symbol.name), ['Billing', 'Access']);
  const folds = await editor.of(lsp.FoldingRangeRequest.type, uri);
  assert.ok(folds.length >= 4 && folds.every((fold) => fold.endLine > fold.startLine));

  const { data } = await editor.of(lsp.SemanticTokensRequest.type, uri);
  const types = editor.capabilities.semanticTokensProvider.legend.tokenTypes;
  const lines = text.split('\n');
  const tokens = [];
  for (let i = 0, line = 0, character = 0; i < data.length; i += 5) {
    character = data[i] === 0 ? character + data[i + 1] : data[i + 1];
    line += data[i];
    tokens.push([lines[line].slice(character, character + data[i + 2]), types[data[i + 3]]]);
  }

  assert.deepEqual(tokens, [['triage', 'class'], ['ticket', 'parameter'], ['category', 'property'], ['Billing', 'enumMember'], ['Access', 'enumMember'],
    ['system:', 'keyword'], ['user:', 'keyword'], ['ticket', 'parameter']]);
});

test('Formatting changes layout and is its own fixed point', async () => {
  const messy = text.replace('name: triage', 'name: triage   ').replace('user:\n', '\n\nuser:  \n\n') + '\n\n';
  await write(messy);
  const options = { tabSize: 2, insertSpaces: true };
  const once = apply(messy, await editor.of(lsp.DocumentFormattingRequest.type, uri, { options }));
  assert.equal(once, text);
  await write(once);
  assert.deepEqual(await editor.of(lsp.DocumentFormattingRequest.type, uri, { options }), []);
});

test('A code action mends what needs no choice', async () => {
  const wrong = text.replace('{{ticket}}', '😀 {{tiket}}');
  await write(wrong);
  const [finding] = (await editor.findings(uri, (all) => all.diagnostics.some((found) => found.code === 'EDGE1004'))).filter((found) => found.code === 'EDGE1004');
  const actions = await editor.of(lsp.CodeActionRequest.type, uri, { range: finding.range, context: { diagnostics: [finding] } });
  const preferred = actions.find((action) => action.isPreferred);
  assert.equal(apply(wrong, preferred.edit.changes[uri]), text.replace('{{ticket}}', '😀 {{ticket}}'));
});

test('Token counts stand at the prompt and at each message, and follow the text', async () => {
  const range = { start: { line: 0, character: 0 }, end: { line: 1000, character: 0 } };
  await write(text);
  const hints = await editor.of(lsp.InlayHintRequest.type, uri, { range });
  assert.deepEqual(hints.map((hint) => hint.position), [place(text, 'name: triage', 12), place(text, 'system:', 7), place(text, 'user:', 5)]);
  assert.match(hints[0].label, /^\d+ tokens and the inputs, \d+ of them cached$/);
  assert.match(hints[1].label, /^\d+ tokens$/);
  assert.equal(hints[2].label, '0 tokens and ticket');
  const longer = text.replace('Sort the ticket.', 'Sort the ticket. Then sort it again, with care.');
  await write(longer);
  const more = await editor.of(lsp.InlayHintRequest.type, uri, { range });
  assert.ok(parseInt(more[1].label, 10) > parseInt(hints[1].label, 10), `${hints[1].label} ${more[1].label}`);
  assert.equal(parseInt(more[0].label, 10) - parseInt(hints[0].label, 10), parseInt(more[1].label, 10) - parseInt(hints[1].label, 10));
  assert.deepEqual(await editor.of(lsp.InlayHintRequest.type, uri, { range: { start: { line: 2, character: 0 }, end: { line: 3, character: 0 } } }), []);
});

test('Signatures of functions are shown where a call is written', async () => {
  const home = project.uri('home.prompty');
  const source = project.read('home.prompty').replace('{{wish}}\n', '{{wish}}\n\nassistant:\n{"name":"set_light","arguments":{"room":"hall","on":\n\nuser:\n{{wish}}\n');
  await editor.open(home, source);
  const at = (part) => editor.at(lsp.SignatureHelpRequest.type, home, place(source, part, part.length));
  const help = await at('"arguments":{"room":');
  assert.equal(help.signatures[0].label, 'set_light(room: string, on: boolean)');
  assert.equal(help.signatures[0].documentation.value, 'Switches a light.');
  assert.deepEqual(help.signatures[0].parameters.map((parameter) => help.signatures[0].label.slice(...parameter.label)), ['room: string', 'on: boolean']);
  assert.equal(help.activeParameter, 0);
  assert.equal((await at('"hall","on":')).activeParameter, 1);
  assert.equal(await at('{"name":'), null);

  const rows = project.uri('data/home.jsonl');
  await editor.open(rows);
  const row = project.read('data/home.jsonl');
  assert.equal((await editor.at(lsp.SignatureHelpRequest.type, rows, place(row, '"on": ', 6))).activeParameter, 1);
  assert.equal(await editor.at(lsp.SignatureHelpRequest.type, rows, place(row, '}}\n', 1)), null);
});

test('A preview has the segments of training with the values of a row', async () => {
  await write(text);
  const preview = await editor.of('edgebuild/render', uri, { row: 65 });
  assert.equal(preview.file, project.path('data/test.csv'));
  assert.equal(preview.line, 3);
  assert.deepEqual(preview.prompt.filter((segment) => segment.kind === 'input').map((segment) => segment.text), ['aaa aaa 81']);
  assert.equal(preview.answer[0].text, 'Access');
  assert.ok(preview.prefixSegments > 0 && preview.prompt.slice(0, preview.prefixSegments).every((segment) => segment.kind !== 'input'));
});

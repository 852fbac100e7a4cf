// The tuned model from the editor: asked beside its base, its lenses and commands, and the process that holds it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { after, before, test } from 'node:test';
import { Editor, Project, lsp, rpc, withPatience } from './editor.mjs';

let project, editor, uri, text;
before(async () => {
  project = new Project();
  editor = await Editor.start({ capabilities: { window: { showDocument: { support: true }, workDoneProgress: true } }, options: { modelIdleSeconds: 2 } });
  uri = project.uri('triage.prompty');
  text = project.read('triage.prompty');
  await editor.open(uri);
});
after(async () => {
  await editor.stop();
  project.remove();
});

/** The text of a file of /proc; empty when its process or thread has just ended. */
function read(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ESRCH') {
      return '';
    }

    throw error;
  }
}

/** The processes that the server has started. */
function children(pid) {
  return fs.readdirSync(`/proc/${pid}/task`).flatMap((task) => read(`/proc/${pid}/task/${task}/children`).split(' ').filter(Boolean).map(Number));
}

async function until(holds, what) {
  await withPatience((async () => {
    while (!holds()) {
      await delay(50);
    }
  })(), what);
}

test('Base and tuned model answer side by side with probabilities, each as soon as it is there', async () => {
  const parts = [];
  const token = 'parts';
  const listening = editor.connection.onProgress(new rpc.ProgressType(), token, (part) => parts.push(part));
  const asked = await editor.of('edgebuild/ask', uri, { row: 65, partialResultToken: token });
  listening.dispose();

  assert.equal(asked.problem, undefined);
  assert.equal(asked.file, project.path('data/test.csv'));
  assert.deepEqual(asked.inputs, [{ name: 'ticket', value: 'aaa aaa 81' }]);
  assert.deepEqual(asked.expected, [{ name: 'category', value: 'Access' }]);
  assert.deepEqual(asked.answers.map((answer) => answer.model), ['tuned', 'base']);
  const [tuned, base] = asked.answers.map((answer) => answer.outputs[0]);
  assert.equal(tuned.text, 'Access');
  for (const output of [tuned, base]) {
    assert.deepEqual(output.probabilities.map((label) => label.label).sort(), ['Access', 'Billing']);
    assert.ok(Math.abs(output.probabilities.reduce((sum, label) => sum + label.probability, 0) - 1) < 1e-3);
  }

  assert.ok(tuned.confidence > base.probabilities.find((label) => label.label === 'Access').probability);
  assert.deepEqual(parts.map((part) => part.answer.model), ['tuned', 'base']);
  assert.deepEqual(parts[0].answer.outputs, asked.answers[0].outputs);
});

test('A text comes in pieces while it is written', async () => {
  const reply = project.uri('reply.prompty');
  await editor.open(reply);
  const parts = [];
  const listening = editor.connection.onProgress(new rpc.ProgressType(), 'pieces', (part) => parts.push(part));
  const asked = await editor.of('edgebuild/ask', reply, { row: 2, partialResultToken: 'pieces' });
  listening.dispose();
  for (const answer of asked.answers) {
    const own = parts.filter((part) => part.model === answer.model);
    assert.equal(own.slice(0, -1).map((part) => part.piece).join(''), answer.outputs[0].text);
    assert.deepEqual(own.at(-1).answer, answer);
  }

  assert.ok(parts.filter((part) => part.model === 'tuned').length > 2);
});

test('Work is shown while a model is asked', async () => {
  editor.progress.length = 0;
  await editor.of('edgebuild/ask', uri, { row: 1, base: false });
  await until(() => editor.progress.some((progress) => progress.value.kind === 'end'), 'end of progress');
  assert.equal(editor.progress[0].value.kind, 'begin');
  assert.equal(editor.progress[0].value.title, 'Asking Support');
});

test('Values may be given, and the words of the prompt may have changed', async () => {
  const given = await editor.of('edgebuild/ask', uri, { inputs: { ticket: 'bbb bbb 7' }, base: false });
  assert.deepEqual(given.answers.map((answer) => answer.outputs[0].text), ['Billing']);
  assert.deepEqual(given.expected, []);
  assert.equal(given.answers[0].note, undefined);

  await editor.change(uri, { text: text.replace('Sort the ticket.', 'Sort this ticket.') });
  const changed = await editor.of('edgebuild/ask', uri, { row: 65, base: false });
  assert.match(changed.answers[0].note, /has changed since the model was built/);

  await editor.change(uri, { text: text.replace('- Access', '- Other') });
  assert.match((await editor.of('edgebuild/ask', uri, { row: 65 })).problem, /Build the project first/);
  await editor.change(uri, { text: text.replace('{{ticket}}', '{{tiket}}') });
  assert.match((await editor.of('edgebuild/ask', uri, { row: 65 })).problem, /errors/);
  await editor.change(uri, { text });
  assert.match((await editor.of('edgebuild/ask', uri, { row: 100_000 })).problem, /no such row/);
});

test('A cancelled question ends, and the next one is answered', async () => {
  const source = new rpc.CancellationTokenSource();
  const asked = editor.of('edgebuild/ask', uri, { row: 65 });
  const cancelled = editor.connection.sendRequest('edgebuild/ask', { textDocument: { uri }, row: 66 }, source.token);
  source.cancel();
  await assert.rejects(withPatience(cancelled, 'cancelled question'), (error) => error.code === lsp.LSPErrorCodes.RequestCancelled);
  assert.equal((await asked).answers.length, 2);
});

test('Lenses of a built model train, ask and open the report; those of another only train', async () => {
  const lenses = await editor.of(lsp.CodeLensRequest.type, uri);
  assert.deepEqual(lenses.map((lens) => [lens.command.title, lens.command.command]), [
    ['Train', 'edgebuild.train'], ['Ask', 'edgebuild.ask'], ['Open report', 'edgebuild.openReport'],
  ]);
  assert.deepEqual(editor.capabilities.executeCommandProvider.commands, lenses.map((lens) => lens.command.command));
  const home = project.uri('home.prompty');
  await editor.open(home);
  assert.deepEqual((await editor.of(lsp.CodeLensRequest.type, home)).map((lens) => lens.command.title), ['Train']);
  assert.match((await editor.of('edgebuild/ask', home, { row: 0 })).problem, /'House' is not built yet/);

  const [, ask, open] = lenses.map((lens) => lens.command);
  editor.messages.length = 0;
  const answer = await editor.request(lsp.ExecuteCommandRequest.type, { command: ask.command, arguments: [...ask.arguments, 65] });
  assert.equal(answer.answers[0].outputs[0].text, 'Access');
  await until(() => editor.messages.length > 0, 'message');
  assert.match(editor.messages[0].message, /^tuned: category = Access \([\d.]+ %\) · base: category = /);

  const report = await editor.request(lsp.ExecuteCommandRequest.type, { command: open.command, arguments: open.arguments });
  assert.deepEqual(editor.shown, [{ uri: report, external: true }]);
  assert.ok(fs.readFileSync(new URL(report), 'utf8').includes('Support'));
  await assert.rejects(editor.request(lsp.ExecuteCommandRequest.type, { command: open.command, arguments: [home] }), /no report yet/);
  await assert.rejects(editor.request(lsp.ExecuteCommandRequest.type, { command: 'edgebuild.none', arguments: [uri] }), /no command/);
});

test('Train builds the project and tells how it ended', async () => {
  const other = new Project();
  const prompt = other.uri('triage.prompty');
  await editor.open(prompt);
  other.write('Program.cs', 'class {');
  editor.messages.length = 0;
  const failed = await editor.request(lsp.ExecuteCommandRequest.type, { command: 'edgebuild.train', arguments: [prompt] });
  assert.notEqual(failed, 0);
  assert.equal(editor.messages[0].type, lsp.MessageType.Error);
  assert.match(editor.messages[0].message, /Program\.cs\(1,7\): error CS1001/);

  other.write('Program.cs', 'internal static class Program\n{\n}\n');
  assert.equal(await editor.request(lsp.ExecuteCommandRequest.type, { command: 'edgebuild.train', arguments: [prompt] }), 0);
  assert.ok(fs.existsSync(other.path('bin/Debug/net10.0/App.dll')));
  other.remove();
});

test('A build is ended by the user where its progress is shown', async () => {
  const other = new Project();
  const prompt = other.uri('triage.prompty');
  await editor.open(prompt);
  editor.progress.length = 0;
  const building = editor.request(lsp.ExecuteCommandRequest.type, { command: 'edgebuild.train', arguments: [prompt] });
  const ended = assert.rejects(building, (error) => error.code === lsp.LSPErrorCodes.RequestCancelled);
  await until(() => editor.progress.some((progress) => progress.value.kind === 'begin'), 'begin of the build');
  await editor.connection.sendNotification('window/workDoneProgress/cancel', { token: editor.progress[0].token });
  await ended;
  await until(() => editor.progress.some((progress) => progress.value.kind === 'end'), 'end of the build');
  other.remove();
});

test('The process that holds models ends when nobody asks, and comes again; one that dies is replaced', { skip: process.platform !== 'linux' }, async () => {
  const models = () => children(editor.process.pid).filter((pid) => read(`/proc/${pid}/cmdline`).includes('model-host'));
  await editor.of('edgebuild/ask', uri, { row: 65, base: false });
  assert.equal(models().length, 1);
  await until(() => models().length === 0, 'end of the idle process');

  assert.equal((await editor.of('edgebuild/ask', uri, { row: 65 })).answers.length, 2);
  execFileSync('kill', ['-9', ...models().map(String)]);
  await until(() => models().length === 0, 'end of the killed process');
  assert.equal((await editor.of('edgebuild/ask', uri, { row: 65 })).answers.length, 2);

  const [last] = models();
  assert.equal(await editor.stop(), 0);
  await until(() => !fs.existsSync(`/proc/${last}`), 'end with the server');
});

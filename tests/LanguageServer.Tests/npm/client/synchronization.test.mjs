// Documents as they change, requests that are given up, and the end.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Editor, Project, lsp, place, position, rpc, withPatience } from './editor.mjs';

const pieces = ['a', '{{', '}}', '---', '\n', '\r\n', '\r', ': ', '- ', '"', '😀', 'e\u0301', '\u2028', 'user:', '  ', '\0', 'x\ny', '\uD83D', 'Billing', 'ticket'];

/** A generator of numbers that a seed repeats (mulberry32). */
function random(seed) {
  return (limit) => {
    seed = (seed + 0x6d2b79f5) | 0;
    let value = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return Math.floor((((value ^ (value >>> 14)) >>> 0) / 4294967296) * limit);
  };
}

test('After ten thousand random edits the findings are those of a fresh parse', async () => {
  const project = new Project();
  const editor = await Editor.start();
  const fresh = await Editor.start();
  const uri = project.uri('triage.prompty');
  const original = project.read('triage.prompty');
  const seed = Date.now() % 2 ** 31;
  console.log(`seed ${seed}`);
  const next = random(seed);
  let text = original;
  let checked = 0;
  await editor.open(uri, text);
  for (let edit = 1; edit <= 10_000; edit++) {
    if (text.length > 4000 || edit % 1000 === 1) {
      text = original;
      await editor.change(uri, { text });
      continue;
    }

    const start = boundary(text, next(text.length + 1));
    const end = next(3) === 0 ? boundary(text, Math.min(text.length, start + next(40))) : start;
    const change = { range: { start: position(text, start), end: position(text, end) }, text: next(4) === 0 ? '' : pieces[next(pieces.length)] };
    text = text.slice(0, start) + change.text + text.slice(end);
    const version = await editor.change(uri, change);
    if (edit % 250 === 0) {
      for (const type of [lsp.CompletionRequest.type, lsp.HoverRequest.type, lsp.DefinitionRequest.type, lsp.SignatureHelpRequest.type]) {
        await editor.at(type, uri, change.range.start);
      }

      fresh.published.delete(uri);
      await fresh.open(uri, text);
      const expected = await fresh.findings(uri);
      assert.deepEqual(await editor.findingsOf(uri, version), expected, `edit ${edit} of seed ${seed}`);
      checked += expected.length;
    }
  }

  assert.ok(checked > 0);
  assert.equal(await editor.stop(), 0);
  assert.equal(await fresh.stop(), 0);
  project.remove();
});

/** No edit begins or ends within a line end: no editor has such places. */
function boundary(text, index) {
  return index > 0 && text[index - 1] === '\r' && text[index] === '\n' ? index - 1 : index;
}

test('Several changes of one notification apply in their order', async () => {
  const project = new Project();
  const editor = await Editor.start();
  const uri = project.uri('triage.prompty');
  const text = project.read('triage.prompty');
  await editor.open(uri);
  const at = place(text, '{{ticket}}');
  const point = (character) => ({ start: { ...at, character }, end: { ...at, character } });
  const version = await editor.change(uri,
    { range: point(0), text: '😀' },
    { range: point(2), text: 'e\u0301' },
    { range: { start: { ...at, character: 6 }, end: { ...at, character: 12 } }, text: 'tiket' });
  const findings = await editor.findingsOf(uri, version);
  const finding = findings.find((found) => found.code === 'EDGE1004');
  assert.deepEqual(finding.range, { start: { ...at, character: 4 }, end: { ...at, character: 13 } });
  await editor.stop();
  project.remove();
});

test('A request that is given up is answered as such, and the server goes on', async () => {
  const project = new Project();
  const editor = await Editor.start();
  const uri = project.uri('triage.prompty');
  const text = project.read('triage.prompty');
  await editor.open(uri);
  let cancelled = 0;
  for (let i = 0; i < 50; i++) {
    const source = new rpc.CancellationTokenSource();
    const request = editor.connection.sendRequest(lsp.HoverRequest.type, { textDocument: { uri }, position: place(text, 'name: triage', 8) }, source.token);
    source.cancel();
    await withPatience(request, 'hover').catch((error) => {
      assert.equal(error.code, lsp.LSPErrorCodes.RequestCancelled);
      cancelled++;
    });
  }

  assert.ok(cancelled > 0);
  assert.match((await editor.at(lsp.HoverRequest.type, uri, place(text, '{{ticket}}', 4))).contents.value, /What the customer wrote/);
  await editor.stop();
  project.remove();
});

test('The server ends as it is told: with 0 after shutdown, with 1 without, and when the pipe closes', async () => {
  const orderly = await Editor.start();
  assert.equal(await orderly.stop(), 0);

  const hasty = await Editor.start();
  await hasty.connection.sendNotification(lsp.ExitNotification.type);
  assert.equal(await withPatience(hasty.exited, 'exit'), 1);

  const gone = await Editor.start();
  gone.process.stdin.end();
  assert.equal(await withPatience(gone.exited, 'exit'), 1);
});

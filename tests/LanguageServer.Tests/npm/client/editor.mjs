// An editor as VS Code is one: its client library, and the real server in a process of its own.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL, fileURLToPath } from 'node:url';
import rpc from 'vscode-jsonrpc/node.js';
import lsp from 'vscode-languageserver-protocol/node.js';

export { lsp, rpc };

const patience = 120_000;
const source = process.env.EDGEBUILD_TEST_PROJECT;

/** A copy of the trained project, with plans that name the copy. */
export class Project {
  constructor() {
    this.root = fs.mkdtempSync(path.join(os.tmpdir(), 'edgebuild-client-'));
    fs.cpSync(source, this.root, { recursive: true, preserveTimestamps: true });
    for (const name of fs.readdirSync(this.path('obj/edge'))) {
      const file = this.path('obj/edge/' + name);
      fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replaceAll(source, this.root));
    }
  }

  path(file) {
    return path.join(this.root, file);
  }

  uri(file) {
    return pathToFileURL(this.path(file)).href;
  }

  read(file) {
    return fs.readFileSync(this.path(file), 'utf8');
  }

  write(file, text) {
    fs.mkdirSync(path.dirname(this.path(file)), { recursive: true });
    fs.writeFileSync(this.path(file), text);
  }

  remove() {
    fs.rmSync(this.root, { recursive: true, force: true });
  }
}

export class Editor {
  static async start({ folders = [], capabilities = {}, options } = {}) {
    const editor = new Editor();
    editor.process = spawn('dotnet', [process.env.EDGEBUILD_TEST_SERVER, 'lsp', '--stdio'], { stdio: ['pipe', 'pipe', 'ignore'] });
    editor.exited = new Promise((resolve) => editor.process.on('exit', resolve));
    editor.connection = lsp.createProtocolConnection(editor.process.stdout, editor.process.stdin, undefined);
    editor.published = new Map();
    editor.waiting = [];
    editor.messages = [];
    editor.shown = [];
    editor.progress = [];
    editor.connection.onNotification(lsp.PublishDiagnosticsNotification.type, (found) => {
      editor.published.set(found.uri, found);
      editor.waiting = editor.waiting.filter((look) => !look());
    });
    editor.connection.onNotification(lsp.ShowMessageNotification.type, (message) => editor.messages.push(message));
    editor.connection.onRequest(lsp.ShowDocumentRequest.type, (shown) => {
      editor.shown.push(shown);
      return { success: true };
    });
    editor.connection.onRequest(lsp.WorkDoneProgressCreateRequest.type, () => null);
    editor.connection.onUnhandledProgress((progress) => editor.progress.push(progress));
    editor.connection.onError(([error]) => { editor.error = error; });
    editor.connection.listen();
    editor.versions = new Map();
    editor.initialized = await editor.request(lsp.InitializeRequest.type, {
      processId: process.pid,
      rootUri: folders[0] ?? null,
      workspaceFolders: folders.map((uri) => ({ uri, name: uri })),
      capabilities: { textDocument: { publishDiagnostics: {} }, ...capabilities },
      initializationOptions: options,
    });
    await editor.connection.sendNotification(lsp.InitializedNotification.type, {});
    return editor;
  }

  get capabilities() {
    return this.initialized.capabilities;
  }

  request(type, params) {
    return withPatience(params === undefined ? this.connection.sendRequest(type) : this.connection.sendRequest(type, params), type.method ?? type);
  }

  async open(uri, text = fs.readFileSync(fileURLToPath(uri), 'utf8')) {
    this.versions.set(uri, 1);
    await this.connection.sendNotification(lsp.DidOpenTextDocumentNotification.type, { textDocument: { uri, languageId: '', version: 1, text } });
  }

  async change(uri, ...contentChanges) {
    const version = this.versions.get(uri) + 1;
    this.versions.set(uri, version);
    await this.connection.sendNotification(lsp.DidChangeTextDocumentNotification.type, { textDocument: { uri, version }, contentChanges });
    return version;
  }

  at(type, uri, position, more = {}) {
    return this.request(type, { textDocument: { uri }, position, ...more });
  }

  of(type, uri, more = {}) {
    return this.request(type, { textDocument: { uri }, ...more });
  }

  /** The findings, once they fit. */
  findings(uri, fits = () => true) {
    return withPatience(new Promise((resolve) => {
      const look = () => {
        const found = this.published.get(uri);
        const done = found !== undefined && fits(found);
        if (done) {
          resolve(found.diagnostics);
        }

        return done;
      };
      if (!look()) {
        this.waiting.push(look);
      }
    }), () => `findings of ${uri}, last ${JSON.stringify(this.published.get(uri))}`);
  }

  findingsOf(uri, version) {
    return this.findings(uri, (found) => found.version === version);
  }

  async stop() {
    if (this.process.exitCode === null) {
      await this.request(lsp.ShutdownRequest.type);
      await this.connection.sendNotification(lsp.ExitNotification.type);
    }

    const code = await withPatience(this.exited, 'exit');
    this.connection.dispose();
    return code;
  }
}

/** Where a text stands, in UTF-16 units; the offset moves into it. */
export function place(text, part, offset = 0) {
  const index = text.indexOf(part);
  assert.notEqual(index, -1, part);
  return position(text, index + offset);
}

export function position(text, index) {
  const lines = text.slice(0, index).split(/\r\n|\n|\r/);
  return { line: lines.length - 1, character: lines.at(-1).length };
}

/** Applies edits of one answer, which all mean the text as it is. */
export function apply(text, edits) {
  const starts = [0];
  for (const match of text.matchAll(/\r\n|\n|\r/g)) {
    starts.push(match.index + match[0].length);
  }

  const offset = (at) => starts[at.line] + at.character;
  return [...edits].sort((a, b) => offset(b.range.start) - offset(a.range.start))
    .reduce((result, edit) => result.slice(0, offset(edit.range.start)) + edit.newText + result.slice(offset(edit.range.end)), text);
}

export function withPatience(promise, what) {
  let timer;
  return Promise.race([promise, new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`No answer: ${typeof what === 'function' ? what() : what}`)), patience);
  })]).finally(() => clearTimeout(timer));
}

import * as vscode from 'vscode';
import { LanguageClient } from 'vscode-languageclient/node';
import { findServer } from './server';
import { Preview } from './preview';

let client: LanguageClient | undefined;
let last: Promise<unknown> = Promise.resolve();

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  context.subscriptions.push(
    vscode.commands.registerCommand('edgebuild.restart', () => inTurn(() => start(true))),
    vscode.commands.registerCommand('edgebuild.preview', () => Preview.show(() => client)),
    // A dataset alone may have nothing to do with EdgeBuild; a prompt file does.
    vscode.workspace.onDidOpenTextDocument((document) => {
      if (document.languageId === 'prompty') {
        void inTurn(async () => client ?? start(true));
      }
    }),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('edgebuild')) {
        void inTurn(() => start(true));
      }
    }),
  );
  await inTurn(() => start(vscode.workspace.textDocuments.some((document) => document.languageId === 'prompty')));
}

export async function deactivate(): Promise<void> {
  // A server that is just starting is ended too.
  await inTurn(async () => client?.stop());
}

/** Two prompts that are opened at once must not start two servers. */
function inTurn(work: () => Promise<unknown>): Promise<unknown> {
  // What failed, the client has told the user.
  last = last.then(work).catch(() => undefined);
  return last;
}

async function start(complain: boolean): Promise<void> {
  await client?.stop();
  client = undefined;
  const server = await findServer();
  if (!server) {
    if (complain) {
      void vscode.window.showWarningMessage(
        'EdgeBuild: no language server was found. Restore a project with the EdgeBuild package, run "dotnet tool install EdgeBuild.Tool", or set edgebuild.server.path.');
    }

    return;
  }

  const started = new LanguageClient('edgebuild', 'EdgeBuild', server, {
    documentSelector: [
      { scheme: 'file', language: 'prompty' },
      { scheme: 'untitled', language: 'prompty' },
      { scheme: 'file', pattern: '**/*.{jsonl,ndjson,csv,csproj}' },
    ],
    initializationOptions: { modelIdleSeconds: vscode.workspace.getConfiguration('edgebuild').get<number>('modelIdleSeconds') },
    synchronize: {
      fileEvents: [
        vscode.workspace.createFileSystemWatcher('**/obj/edge/*.plan.json'),
        vscode.workspace.createFileSystemWatcher('**/edgebuild.lock.json'),
        vscode.workspace.createFileSystemWatcher('**/*.csproj'),
        vscode.workspace.createFileSystemWatcher('**/Directory.Build.*'),
      ],
    },
    middleware: {
      // The lens shows what a message has no room for.
      executeCommand: (command, args, next) => command === 'edgebuild.ask' ? Preview.ask(() => client, args) : next(command, args),
    },
  });
  await started.start();
  client = started;
}

import * as vscode from 'vscode';
import { LanguageClient } from 'vscode-languageclient/node';
import { findServer } from './server';
import { Preview } from './preview';

let client: LanguageClient | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  context.subscriptions.push(
    vscode.commands.registerCommand('edgebuild.restart', start),
    vscode.commands.registerCommand('edgebuild.preview', () => Preview.show(() => client)),
  );
  await start();
}

export async function deactivate(): Promise<void> {
  await client?.stop();
}

async function start(): Promise<void> {
  await client?.stop();
  client = undefined;
  const server = await findServer();
  if (!server) {
    void vscode.window.showWarningMessage(
      'EdgeBuild: no language server was found. Restore a project with the EdgeBuild package, run "dotnet tool install EdgeBuild.Tool", or set edgebuild.server.path.');
    return;
  }

  client = new LanguageClient('edgebuild', 'EdgeBuild', server, {
    documentSelector: [
      { scheme: 'file', language: 'prompty' },
      { scheme: 'untitled', language: 'prompty' },
      { scheme: 'file', pattern: '**/*.{jsonl,ndjson,csv}' },
    ],
    synchronize: {
      fileEvents: [
        vscode.workspace.createFileSystemWatcher('**/obj/edge/*.plan.json'),
        vscode.workspace.createFileSystemWatcher('**/edgebuild.lock.json'),
      ],
    },
  });
  await client.start();
}

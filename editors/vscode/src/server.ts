import * as fs from 'fs/promises';
import * as path from 'path';
import * as vscode from 'vscode';
import { Executable } from 'vscode-languageclient/node';

interface AssetsFile {
  libraries?: Record<string, { path?: string }>;
  packageFolders?: Record<string, unknown>;
}

/** Finds the server: the setting, the restored package, the tool manifest, the PATH, in this order. */
export async function findServer(): Promise<Executable | undefined> {
  const setting = vscode.workspace.getConfiguration('edgebuild').get<string>('server.path');
  if (setting) {
    return command(setting);
  }

  return (await fromPackage()) ?? (await fromManifest()) ?? (await fromPath());
}

function command(file: string): Executable {
  return file.endsWith('.dll') ? { command: 'dotnet', args: [file, 'lsp'], options: { env: environment() } } : { command: file, args: ['lsp'] };
}

/** A welcome text of the SDK on standard output would break the stream. */
function environment(): NodeJS.ProcessEnv {
  return { ...process.env, DOTNET_NOLOGO: '1', DOTNET_CLI_TELEMETRY_OPTOUT: '1' };
}

/** The worker of the package that the project builds with: editor and build are of one version then. */
async function fromPackage(): Promise<Executable | undefined> {
  for (const file of await vscode.workspace.findFiles('**/obj/project.assets.json', '**/node_modules/**', 50)) {
    try {
      const assets = JSON.parse(await fs.readFile(file.fsPath, 'utf8')) as AssetsFile;
      const library = Object.entries(assets.libraries ?? {}).find(([name]) => name.toLowerCase().startsWith('edgebuild/'))?.[1].path;
      for (const folder of library ? Object.keys(assets.packageFolders ?? {}) : []) {
        const worker = path.join(folder, library!, 'tools', 'worker', 'edgebuild.dll');
        if (await exists(worker)) {
          return command(worker);
        }
      }
    } catch {
      // A restore is writing it.
    }
  }

  return undefined;
}

async function fromManifest(): Promise<Executable | undefined> {
  for (const file of await vscode.workspace.findFiles('{.config/dotnet-tools.json,dotnet-tools.json}', undefined, 5)) {
    if ((await fs.readFile(file.fsPath, 'utf8')).toLowerCase().includes('"edgebuild.tool"')) {
      const folder = vscode.workspace.getWorkspaceFolder(file)?.uri.fsPath;
      return { command: 'dotnet', args: ['tool', 'run', 'edgebuild', 'lsp'], options: { cwd: folder, env: environment() } };
    }
  }

  return undefined;
}

async function fromPath(): Promise<Executable | undefined> {
  const name = process.platform === 'win32' ? 'edgebuild.exe' : 'edgebuild';
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
    if (folder && (await exists(path.join(folder, name)))) {
      return command(path.join(folder, name));
    }
  }

  return undefined;
}

async function exists(file: string): Promise<boolean> {
  return fs.access(file).then(() => true, () => false);
}

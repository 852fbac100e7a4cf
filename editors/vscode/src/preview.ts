import * as path from 'path';
import * as vscode from 'vscode';
import { LanguageClient } from 'vscode-languageclient/node';

interface Segment {
  kind: 'control' | 'text' | 'input' | 'output';
  text: string;
}

interface Rendered {
  chatFormat: string;
  file?: string;
  line: number;
  prompt: Segment[];
  answer: Segment[];
  prefixSegments: number;
  problem?: string;
}

/** The prompt with the values of a row, in the segments that training and runtime use. */
export class Preview {
  private static current: Preview | undefined;
  private row = 0;

  private constructor(
    private readonly panel: vscode.WebviewPanel,
    private readonly document: vscode.TextDocument,
    private readonly client: () => LanguageClient | undefined,
  ) {
    const changed = vscode.workspace.onDidChangeTextDocument((event) => event.document === this.document && void this.render());
    panel.webview.onDidReceiveMessage((step: number) => {
      this.row = Math.max(0, this.row + step);
      void this.render();
    });
    panel.onDidDispose(() => {
      changed.dispose();
      Preview.current = undefined;
    });
  }

  static show(client: () => LanguageClient | undefined): void {
    const document = vscode.window.activeTextEditor?.document;
    if (!document || document.languageId !== 'prompty') {
      void vscode.window.showInformationMessage('EdgeBuild: open a prompt file first.');
      return;
    }

    Preview.current?.panel.dispose();
    const panel = vscode.window.createWebviewPanel('edgebuild.preview', 'Prompt: ' + path.basename(document.fileName), vscode.ViewColumn.Beside, { enableScripts: true });
    Preview.current = new Preview(panel, document, client);
    void Preview.current.render();
  }

  private async render(): Promise<void> {
    const rendered = await this.client()?.sendRequest<Rendered | null>('edgebuild/render', { textDocument: { uri: this.document.uri.toString() }, row: this.row });
    this.panel.webview.html = page(rendered ?? undefined);
  }
}

function page(rendered: Rendered | undefined): string {
  const nonce = Array.from({ length: 24 }, () => Math.floor(Math.random() * 36).toString(36)).join('');
  const body = !rendered
    ? '<p>The language server is not running.</p>'
    : rendered.problem
      ? `<p>${escape(rendered.problem)}</p>`
      : `<p class="where">${rendered.file ? escape(`${path.basename(rendered.file)}(${rendered.line})`) : 'No such row; inputs are shown by name.'} · ${escape(rendered.chatFormat)}</p>`
        + `<pre aria-label="Prompt">${rendered.prompt.map((segment, index) => span(segment, index < rendered.prefixSegments)).join('')}</pre>`
        + `<h2>Answer</h2><pre aria-label="Answer">${rendered.answer.map((segment) => span(segment, false)).join('')}</pre>`;
  return `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'">
<style nonce="${nonce}">
pre { white-space: pre-wrap; overflow-wrap: anywhere; font-family: var(--vscode-editor-font-family); border: 1px solid var(--vscode-panel-border); padding: 8px; }
.control { color: var(--vscode-descriptionForeground); }
.input { background: var(--vscode-editor-findMatchHighlightBackground); }
.output { background: var(--vscode-diffEditor-insertedTextBackground); }
.prefix { border-bottom: 1px dotted var(--vscode-descriptionForeground); }
.where { color: var(--vscode-descriptionForeground); }
</style></head><body>
<button data-step="-1">Previous row</button> <button data-step="1">Next row</button>
${body}
<p class="where">Dotted underline: the constant beginning, which the runtime computes once. Shaded: values of the row.</p>
<script nonce="${nonce}">
const vscode = acquireVsCodeApi();
for (const button of document.querySelectorAll('button')) button.addEventListener('click', () => vscode.postMessage(Number(button.dataset.step)));
</script></body></html>`;
}

function span(segment: Segment, prefix: boolean): string {
  return `<span class="${segment.kind}${prefix ? ' prefix' : ''}" title="${segment.kind}">${escape(segment.text)}</span>`;
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

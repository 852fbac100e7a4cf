import * as path from 'path';
import * as vscode from 'vscode';
import { LanguageClient, ProgressType } from 'vscode-languageclient/node';
import { AnswerPart, Asked, Rendered, answersOf, page, promptOf } from './page';

/** The prompt with the values of a row, in the segments that training and runtime use, and what base and tuned model answer. */
export class Preview {
  private static current: Preview | undefined;
  private static lastToken = 0;
  private row = 0;
  private question: vscode.CancellationTokenSource | undefined;
  private prompt = '';
  private answers = '';

  private constructor(
    private readonly panel: vscode.WebviewPanel,
    private readonly document: vscode.TextDocument,
    private readonly client: () => LanguageClient | undefined,
  ) {
    const changed = vscode.workspace.onDidChangeTextDocument((event) => event.document === this.document && void this.render());
    panel.webview.onDidReceiveMessage((message: 'ready' | 'ask' | number) => {
      if (message === 'ready') {
        this.send();
      } else if (message === 'ask') {
        void this.ask();
      } else {
        this.row = Math.max(0, this.row + message);
        this.forgetAnswers();
        void this.render();
      }
    });
    panel.onDidDispose(() => {
      changed.dispose();
      this.question?.cancel();
      if (Preview.current === this) {
        Preview.current = undefined;
      }
    });
    panel.webview.html = page();
  }

  static show(client: () => LanguageClient | undefined): Preview | undefined {
    const document = vscode.window.activeTextEditor?.document;
    if (!document || document.languageId !== 'prompty') {
      void vscode.window.showInformationMessage('EdgeBuild: open a prompt file first.');
      return undefined;
    }

    return Preview.open(document, client);
  }

  /** The code lens Ask: shows the preview and asks at once. */
  static async ask(client: () => LanguageClient | undefined, args: unknown[]): Promise<void> {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(String(args[0])));
    await Preview.open(document, client).ask();
  }

  private static open(document: vscode.TextDocument, client: () => LanguageClient | undefined): Preview {
    if (Preview.current?.document !== document) {
      Preview.current?.panel.dispose();
      const panel = vscode.window.createWebviewPanel(
        'edgebuild.preview', 'Prompt: ' + path.basename(document.fileName), vscode.ViewColumn.Beside, { enableScripts: true, retainContextWhenHidden: true });
      Preview.current = new Preview(panel, document, client);
      void Preview.current.render();
    } else {
      Preview.current.panel.reveal();
    }

    return Preview.current!;
  }

  private async render(): Promise<void> {
    const rendered = await this.client()?.sendRequest<Rendered | null>('edgebuild/render', { textDocument: this.identifier(), row: this.row });
    this.prompt = promptOf(rendered ?? undefined);
    this.send();
  }

  private async ask(): Promise<void> {
    this.forgetAnswers();
    const client = this.client();
    if (!client) {
      return;
    }

    const question = new vscode.CancellationTokenSource();
    this.question = question;
    const parts: AnswerPart[] = [];
    const token = `edgebuild-preview-${++Preview.lastToken}`;
    const listening = client.onProgress(new ProgressType<AnswerPart>(), token, (part) => {
      parts.push(part);
      this.show(question, answersOf({ parts, running: true }));
    });
    this.show(question, answersOf({ parts, running: true }));
    try {
      const asked = await client.sendRequest<Asked | null>(
        'edgebuild/ask', { textDocument: this.identifier(), row: this.row, partialResultToken: token }, question.token);
      this.show(question, answersOf({ parts, running: false, asked: asked ?? undefined }));
    } catch (error) {
      this.show(question, answersOf({ parts, running: false, problem: error instanceof Error ? error.message : String(error) }));
    } finally {
      listening.dispose();
    }
  }

  /** A question that was given up shows nothing any more. */
  private show(question: vscode.CancellationTokenSource, answers: string): void {
    if (this.question === question) {
      this.answers = answers;
      this.send();
    }
  }

  private forgetAnswers(): void {
    this.question?.cancel();
    this.question = undefined;
    this.answers = '';
  }

  private send(): void {
    void this.panel.webview.postMessage({ prompt: this.prompt, answers: this.answers });
  }

  private identifier(): { uri: string } {
    return { uri: this.document.uri.toString() };
  }
}

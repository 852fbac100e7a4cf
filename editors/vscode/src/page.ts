import * as path from 'path';

export interface Segment {
  kind: 'control' | 'text' | 'input' | 'output';
  text: string;
}

export interface Rendered {
  chatFormat: string;
  file?: string;
  line: number;
  prompt: Segment[];
  answer: Segment[];
  prefixSegments: number;
  problem?: string;
}

export interface Answer {
  model: 'tuned' | 'base';
  outputs: { name: string; text: string; confidence?: number; probabilities: { label: string; probability: number }[] }[];
  milliseconds: number;
  promptTokens: number;
  note?: string;
}

export interface AnswerPart {
  model: 'tuned' | 'base';
  piece?: string;
  answer?: Answer;
}

export interface Asked {
  expected: { name: string; value: string }[];
  answers: Answer[];
  problem?: string;
}

const shownLabels = 8;

/** The page, which is filled by messages. */
export function page(): string {
  const nonce = Array.from({ length: 24 }, () => Math.floor(Math.random() * 36).toString(36)).join('');
  return `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'">
<style nonce="${nonce}">
pre { white-space: pre-wrap; overflow-wrap: anywhere; font-family: var(--vscode-editor-font-family); border: 1px solid var(--vscode-panel-border); padding: 8px; }
button { color: var(--vscode-button-foreground); background: var(--vscode-button-background); border: 0; padding: 4px 10px; cursor: pointer; }
h2 { font-size: 1.1em; }
.control { color: var(--vscode-descriptionForeground); }
.input { background: var(--vscode-editor-findMatchHighlightBackground); }
.output { background: var(--vscode-diffEditor-insertedTextBackground); }
.prefix { border-bottom: 1px dotted var(--vscode-descriptionForeground); }
.where { color: var(--vscode-descriptionForeground); }
.models { display: grid; gap: 12px; grid-template-columns: repeat(auto-fit, minmax(215px, 1fr)); }
td { padding-right: 8px; white-space: nowrap; }
meter { width: 48px; }
</style></head><body>
<button data-message="-1">Previous row</button> <button data-message="1">Next row</button> <button data-message="ask">Ask base and tuned model</button>
<div id="answers" role="status"></div><div id="prompt"></div>
<p class="where">Dotted underline: the constant beginning, which the runtime computes once. Shaded: values of the row.</p>
<script nonce="${nonce}">
const vscode = acquireVsCodeApi();
for (const button of document.querySelectorAll('button')) {
  button.addEventListener('click', () => vscode.postMessage(Number(button.dataset.message) || button.dataset.message));
}
window.addEventListener('message', (event) => {
  for (const part of ['prompt', 'answers']) document.getElementById(part).innerHTML = event.data[part];
});
vscode.postMessage('ready');
</script></body></html>`;
}

/** The prompt in its segments. */
export function promptOf(rendered: Rendered | undefined): string {
  if (!rendered) {
    return '<p>The language server is not running.</p>';
  }

  return rendered.problem
    ? `<p>${escape(rendered.problem)}</p>`
    : `<p class="where">${rendered.file ? escape(`${path.basename(rendered.file)}(${rendered.line})`) : 'No such row; inputs are shown by name.'} · ${escape(rendered.chatFormat)}</p>`
      + `<pre aria-label="Prompt">${rendered.prompt.map((segment, index) => span(segment, index < rendered.prefixSegments)).join('')}</pre>`
      + `<h2>Answer of the row</h2><pre aria-label="Answer">${rendered.answer.map((segment) => span(segment, false)).join('')}</pre>`;
}

/** The answers of both models side by side, as far as they have come. */
export function answersOf(state: { parts: AnswerPart[]; running: boolean; asked?: Asked; problem?: string }): string {
  const problem = state.problem ?? state.asked?.problem;
  if (problem) {
    return `<p>${escape(problem)}</p>`;
  }

  const columns = (['tuned', 'base'] as const).map((model) => {
    const parts = state.parts.filter((part) => part.model === model);
    const answer = state.asked?.answers.find((candidate) => candidate.model === model) ?? parts.find((part) => part.answer)?.answer;
    const written = parts.map((part) => part.piece ?? '').join('');
    const body = answer ? answerOf(answer, state.asked) : written ? `<pre>${escape(written)}</pre>` : `<p class="where">${state.running ? '…' : 'Not there.'}</p>`;
    return `<section aria-label="${model}"><h2>${model === 'tuned' ? 'Tuned model' : 'Untuned base'}</h2>${body}</section>`;
  });
  return `<div class="models">${columns.join('')}</div>`;
}

function answerOf(answer: Answer, asked: Asked | undefined): string {
  const outputs = answer.outputs.map((output) => {
    const expected = asked?.expected.find((value) => value.name === output.name)?.value;
    const verdict = expected === undefined || output.confidence === undefined ? '' : expected === output.text ? ' ✓' : ` ✗ (the row has ${escape(expected)})`;
    const labels = output.probabilities.slice(0, shownLabels).map((label) =>
      `<tr><td>${escape(label.label)}</td><td><meter min="0" max="1" value="${label.probability}"></meter></td><td>${percent(label.probability)}</td></tr>`);
    const value = output.probabilities.length > 0 ? `<b>${escape(output.text)}</b>` : `<pre>${escape(output.text)}</pre>`;
    return `<p>${escape(output.name)}: ${value}${verdict}</p>`
      + (labels.length > 0 ? `<table>${labels.join('')}</table>` : output.confidence === undefined ? '' : `<p class="where">${percent(output.confidence)}</p>`);
  });
  const tokens = answer.promptTokens > 0 ? ` · ${answer.promptTokens} tokens` : '';
  return outputs.join('') + `<p class="where">${answer.milliseconds.toFixed(0)} ms${tokens}</p>` + (answer.note ? `<p>${escape(answer.note)}</p>` : '');
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

function span(segment: Segment, prefix: boolean): string {
  return `<span class="${segment.kind}${prefix ? ' prefix' : ''}" title="${segment.kind}">${escape(segment.text)}</span>`;
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

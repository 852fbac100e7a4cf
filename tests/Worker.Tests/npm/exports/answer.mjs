// Answers with a GGUF file as any program would that knows nothing of EdgeBuild: the chat template of the file, greedy decoding.
// Standard input: {"model": path, "conversations": [[{"role","content"}]]}; standard output: {"answers": [text]}.
import { readFileSync } from "node:fs";
import { Template } from "@huggingface/jinja";
import { getLlama, LlamaLogLevel } from "node-llama-cpp";

const request = JSON.parse(readFileSync(0, "utf8"));
const llama = await getLlama({ gpu: false, build: "never", logLevel: LlamaLogLevel.error, maxThreads: 1 });
const model = await llama.loadModel({ modelPath: request.model });
const template = new Template(model.fileInfo.metadata.tokenizer.chat_template);
const context = await model.createContext({ contextSize: 512, threads: 1 });
const sequence = context.getSequence();
const answers = [];
for (const messages of request.conversations) {
  await sequence.clearHistory();
  const tokens = model.tokenize(template.render({ messages, add_generation_prompt: true }), true);
  if (model.tokens.shouldPrependBosToken) {
    tokens.unshift(model.tokens.bos);
  }

  const answer = [];
  for await (const token of sequence.evaluate(tokens, { temperature: 0 })) {
    if (model.isEogToken(token) || answer.length === 32) {
      break;
    }

    answer.push(token);
  }

  answers.push(model.detokenize(answer));
}

process.stdout.write(JSON.stringify({ answers }));
process.exit(0);

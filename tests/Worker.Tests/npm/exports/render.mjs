// Renders conversations with Jinja templates. Standard input: [{"template", "messages"}]; standard output: [text].
import { readFileSync } from "node:fs";
import { Template } from "@huggingface/jinja";

const requests = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(requests.map(({ template, messages }) => new Template(template).render({ messages, add_generation_prompt: true }))));

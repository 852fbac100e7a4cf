// Calls the server with the openai package: node client.mjs http://127.0.0.1:8080/v1
import assert from "node:assert/strict";
import OpenAI from "openai";

const openai = new OpenAI({ baseURL: process.argv[2], apiKey: "none", maxRetries: 0 });
const [{ id: model }] = (await openai.models.list()).data;
const ask = (extra, text = "What is the capital of France?") =>
  openai.chat.completions.create({ model, messages: [{ role: "system", content: "Answer briefly." }, { role: "user", content: text }], max_tokens: 24, ...extra });

const whole = await ask({});
assert.equal(whole.model, model);
assert.equal(whole.choices[0].message.role, "assistant");
assert.ok(whole.choices[0].message.content.length > 0);
assert.equal(whole.usage.total_tokens, whole.usage.prompt_tokens + whole.usage.completion_tokens);

let text = "";
let pieces = 0;
let usage, reason;
for await (const chunk of await ask({ stream: true, stream_options: { include_usage: true } })) {
  text += chunk.choices[0]?.delta?.content ?? "";
  pieces += 1;
  reason = chunk.choices[0]?.finish_reason ?? reason;
  usage = chunk.usage ?? usage;
}
assert.equal(text, whole.choices[0].message.content);
assert.ok(pieces > 2);
assert.equal(reason, whole.choices[0].finish_reason);
assert.equal(usage.total_tokens, whole.usage.total_tokens);

const schema = { type: "object", properties: { city: { type: "string", enum: ["Paris", "Rome"] }, people: { type: "integer" } }, required: ["city", "people"], additionalProperties: false };
const record = await ask({ response_format: { type: "json_schema", json_schema: { name: "city", strict: true, schema } } });
const city = JSON.parse(record.choices[0].message.content);
assert.ok(["Paris", "Rome"].includes(city.city) && Number.isInteger(city.people));

const tools = [{ type: "function", function: { name: "weather", description: "Tells the weather.", parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] } } }];
const called = await ask({ tools, tool_choice: "required" }, "What is the weather in Rome?");
const [call] = called.choices[0].message.tool_calls;
assert.equal(called.choices[0].finish_reason, "tool_calls");
assert.equal(call.function.name, "weather");
assert.equal(typeof JSON.parse(call.function.arguments).city, "string");
const answered = await openai.chat.completions.create({
  model,
  max_tokens: 16,
  messages: [{ role: "user", content: "What is the weather in Rome?" }, called.choices[0].message, { role: "tool", tool_call_id: call.id, content: "Sunny, 25 degrees" }],
});
assert.ok(answered.choices[0].message.content.length > 0);

await assert.rejects(ask({ response_format: { type: "json_object" } }), (error) => error instanceof OpenAI.BadRequestError && error.code === "EDGE3020");
await assert.rejects(ask({ stream: true, response_format: { type: "json_object" } }), (error) => error.status === 400);
await assert.rejects(openai.chat.completions.create({ model, messages: [] }), (error) => error.status === 400);

const stopped = await ask({ stream: true, max_tokens: 200 }, "Count to one hundred.");
for await (const chunk of stopped) {
  stopped.controller.abort();
  break;
}
assert.ok((await ask({})).choices[0].message.content.length > 0);
console.log("all calls answered");

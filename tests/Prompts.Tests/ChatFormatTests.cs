namespace EdgeBuild.Prompts.Tests;

[TestClass]
public sealed class ChatFormatTests
{
    private const string Conversation = "system:\nBe short.\nuser:\nHi\nassistant:\ntrue\nuser:\n{{text}}\n";

    // What each family's own template gives for system "Be short.", user "Hi", assistant "true", user "Bye", with the header of the answer.
    [TestMethod]
    [DataRow("chatml", "<|im_start|>system\nBe short.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\ntrue<|im_end|>\n<|im_start|>user\nBye<|im_end|>\n<|im_start|>assistant\n")]
    [DataRow("llama3", "<|start_header_id|>system<|end_header_id|>\n\nBe short.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\ntrue<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nBye<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n")]
    [DataRow("gemma", "<start_of_turn>user\nBe short.\n\nHi<end_of_turn>\n<start_of_turn>model\ntrue<end_of_turn>\n<start_of_turn>user\nBye<end_of_turn>\n<start_of_turn>model\n")]
    [DataRow("phi", "<|system|>Be short.<|end|><|user|>Hi<|end|><|assistant|>true<|end|><|user|>Bye<|end|><|assistant|>")]
    [DataRow("phi3", "<|system|>\nBe short.<|end|>\n<|user|>\nHi<|end|>\n<|assistant|>\ntrue<|end|>\n<|user|>\nBye<|end|>\n<|assistant|>\n")]
    public void Conversation_is_written_as_the_template_of_the_family_writes_it(string id, string expected)
    {
        PromptDocument document = PromptText.ParseValid(PromptText.WithBody(Conversation));
        CompiledPrompt prompt = CompiledPrompt.Compile(document, LabelSet.From(document, null), ChatFormat.FromId(id)!);
        Assert.AreEqual(expected, RenderedPrompt.Of(prompt.Prompt, "Bye"));
    }

    [TestMethod]
    public void System_message_of_Gemma_joins_the_first_user_text()
    {
        PromptDocument document = PromptText.ParseValid(PromptText.WithBody("system:\nBe short.\nuser:\nText: {{text}}\n"));
        CompiledPrompt prompt = CompiledPrompt.Compile(document, LabelSet.From(document, null), ChatFormat.Gemma);
        Assert.AreSequenceEqual(
            [
                new PromptSegment(SegmentKind.Control, "<start_of_turn>user\n", -1),
                new PromptSegment(SegmentKind.Text, "Be short.\n\nText: ", -1),
                new PromptSegment(SegmentKind.Input, string.Empty, 0),
                new PromptSegment(SegmentKind.Control, "<end_of_turn>\n<start_of_turn>model\n", -1),
            ],
            prompt.Prompt);
        Assert.ThrowsExactly<ArgumentException>(() => ChatFormat.Gemma.Header(PromptRole.System));
    }

    [TestMethod]
    [DataRow("{% for m in messages %}{{'<|im_start|>' + m['role'] + '\n' + m['content'] + '<|im_end|>'}}{% endfor %}", "chatml")]
    [DataRow("{% for m in messages %}{{'<|im_start|>' + m['role'] + '<|im_sep|>' + m['content']}}{% endfor %}", null)]
    [DataRow("{{ '<|start_header_id|>' + role + '<|end_header_id|>\\n\\n' + content + '<|eot_id|>' }}", "llama3")]
    [DataRow("{{ '<start_of_turn>' + role + '\\n' + content + '<end_of_turn>\\n' }}", "gemma")]
    [DataRow("{{ '<|' + message['role'] + '|>' + message['content'] + '<|end|>' }}{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}", "phi")]
    [DataRow("{{'<|user|>\\n' + content + '<|end|>\\n' + '<|assistant|>\\n'}}", "phi3")]
    [DataRow("{{'<|user|>\n' + content + '<|end|>\n' + '<|assistant|>\n'}}", "phi3")]
    [DataRow("[INST] {{ content }} [/INST]", null)]
    [DataRow("", null)]
    [DataRow(null, null)]
    public void Template_is_recognised_by_its_markers(string? template, string? expected)
    {
        Assert.AreEqual(expected, ChatFormat.Detect(template)?.Id);
    }

    [TestMethod]
    public void Formats_are_found_by_their_id()
    {
        foreach (ChatFormat format in ChatFormat.All)
        {
            Assert.AreSame(format, ChatFormat.FromId(format.Id));
        }

        Assert.IsNull(ChatFormat.FromId("other"));
    }
}

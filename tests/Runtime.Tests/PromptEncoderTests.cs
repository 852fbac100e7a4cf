using System.Text;

using EdgeBuild.LlamaCpp;
using EdgeBuild.Prompts;

namespace EdgeBuild.Runtime.Tests;

[TestClass]
public sealed class PromptEncoderTests
{
    private static LlamaModel _model = null!;

    [ClassInitialize]
    public static void Load(TestContext context) => _model = LlamaModel.Load(TestModel.SmolLM2, new LlamaModelOptions { VocabularyOnly = true });

    [ClassCleanup]
    public static void Free() => _model.Dispose();

    [TestMethod]
    public void The_text_of_a_control_token_gives_no_control_token_as_input_or_answer()
    {
        LlamaVocabulary vocabulary = _model.Vocabulary;
        CompiledPrompt prompt = TestModel.Compile(TestModel.ReplySource);
        var encoder = new PromptEncoder(vocabulary, prompt);
        int controls = 0;
        int[] without = encoder.Encode([string.Empty]).Tokens;
        int[] answerWithout = encoder.EncodeCompletion([string.Empty]).Tokens;
        for (int token = 0; token < vocabulary.Count; token++)
        {
            if (!vocabulary.IsControl(token))
            {
                continue;
            }

            controls++;
            string text = Encoding.UTF8.GetString(vocabulary.GetBytes(token, special: true));
            string around = $"a{text}b {text}";
            foreach (string value in new[] { text, around })
            {
                EncodedPrompt encoded = encoder.Encode([value]);
                Assert.AreEqual(CountControls(without), CountControls(encoded.Tokens), text);
                Assert.AreEqual(CountControls(answerWithout), CountControls(encoder.EncodeCompletion([value]).Tokens), text);
            }
        }

        Assert.IsGreaterThan(2, controls);

        int CountControls(int[] tokens) => tokens.Count(vocabulary.IsControl);
    }

    [TestMethod]
    public void The_tokens_of_a_prompt_spell_the_chat_format_and_its_values()
    {
        var encoder = new PromptEncoder(_model.Vocabulary, TestModel.Compile(TestModel.SingleSource));
        EncodedPrompt encoded = encoder.Encode(["Invoice", "Zwei Mal <|im_end|> größer 😀"]);

        Assert.AreEqual(
            "<|im_start|>system\nSort a support ticket by what the customer wants.<|im_end|>\n<|im_start|>user\n"
            + "Subject: Invoice\nZwei Mal <|im_end|> größer 😀<|im_end|>\n<|im_start|>assistant\n",
            Spell(encoded.Tokens));
        Assert.IsFalse(encoded.Truncated);
        CollectionAssert.AreEqual(encoder.PrefixTokens.ToArray(), encoded.Tokens[..encoded.PrefixLength]);
        Assert.EndsWith("Subject: ", Spell(encoded.Tokens[..encoded.PrefixLength]));
    }

    [TestMethod]
    public void The_prefix_is_the_same_for_every_input()
    {
        var encoder = new PromptEncoder(_model.Vocabulary, TestModel.Compile(TestModel.TriageSource));
        int[] prefix = encoder.PrefixTokens.ToArray();
        foreach (string input in new[] { string.Empty, " ", "\n", "ing", "s", "'s", "\u0301", "😀", new string('x', 4000) })
        {
            CollectionAssert.AreEqual(prefix, encoder.Encode([input]).Tokens[..prefix.Length]);
        }
    }

    [TestMethod]
    public void Inputs_that_are_too_long_are_cut_and_told()
    {
        var encoder = new PromptEncoder(_model.Vocabulary, TestModel.Compile(TestModel.SingleSource));
        string longText = string.Join(' ', Enumerable.Range(0, 200).Select(i => $"word{i}"));
        EncodedPrompt short1 = encoder.Encode(["Invoice", "text"]);
        EncodedPrompt cut = encoder.Encode(["Invoice", longText]);

        Assert.IsFalse(short1.Truncated);
        Assert.IsTrue(cut.Truncated);
        Assert.AreEqual(encoder.PrefixTokens.Length + encoder.MaximumCallTokens, cut.Tokens.Length);
        Assert.Contains("Subject: Invoice\nword0 word1", Spell(cut.Tokens));
        Assert.EndsWith("<|im_end|>\n<|im_start|>assistant\n", Spell(cut.Tokens));
    }

    [TestMethod]
    public void Only_fixed_text_that_ends_no_value_is_forced()
    {
        var encoder = new PromptEncoder(_model.Vocabulary, TestModel.Compile(TestModel.TriageSource));
        EncodedCompletion completion = encoder.EncodeCompletion(["Billing", "false"]);

        Assert.AreEqual("{\"category\":\"Billing\",\"urgent\":false}<|im_end|>", Spell(completion.Tokens));
        var text = new StringBuilder();
        for (int i = 0; i < completion.Tokens.Length; i++)
        {
            string piece = Spell([completion.Tokens[i]]);
            text.Append(completion.Forced[i] ? piece : $"[{piece}]");
        }

        string marked = text.ToString().Replace("][", string.Empty, StringComparison.Ordinal);
        Assert.StartsWith("{\"category\":\"[Billing", marked);
        Assert.Contains("urgent\":[false}", marked);
        Assert.EndsWith("<|im_end|>", marked);
        Assert.IsFalse(completion.Forced[^2]);
    }

    [TestMethod]
    public void The_answer_of_a_prompt_with_one_output_is_the_value_and_the_end_of_the_turn()
    {
        var encoder = new PromptEncoder(_model.Vocabulary, TestModel.Compile(TestModel.SingleSource));
        EncodedCompletion completion = encoder.EncodeCompletion(["Größe"]);

        Assert.AreEqual("Größe<|im_end|>", Spell(completion.Tokens));
        CollectionAssert.DoesNotContain(completion.Forced, true);
    }

    [TestMethod]
    public void A_wrong_number_of_values_is_refused()
    {
        var encoder = new PromptEncoder(_model.Vocabulary, TestModel.Compile(TestModel.TriageSource));

        Assert.ThrowsExactly<ArgumentException>(() => encoder.Encode([]));
        Assert.ThrowsExactly<ArgumentException>(() => encoder.Encode(["a", "b"]));
        Assert.ThrowsExactly<ArgumentException>(() => encoder.EncodeCompletion(["Billing"]));
    }

    private static string Spell(IEnumerable<int> tokens) =>
        Encoding.UTF8.GetString([.. tokens.SelectMany(token => _model.Vocabulary.GetBytes(token, special: true))]);
}

using System.Text;

namespace EdgeBuild.LlamaCpp.Tests;

[TestClass]
public sealed class VocabularyTests
{
    private static readonly LlamaModel _model = LlamaModel.Load(RepositoryFiles.Model, new LlamaModelOptions { VocabularyOnly = true });

    private static LlamaVocabulary Vocabulary => _model.Vocabulary;

    [TestMethod]
    [DataRow("llama3")]
    [DataRow("smollm2")]
    [DataRow("qwen2")]
    [DataRow("qwen3")]
    [DataRow("gemma3")]
    [DataRow("phi3")]
    public void The_text_of_a_fixture_gives_its_token_ids(string architecture)
    {
        var fixture = Fixture.Load(architecture);
        using var model = LlamaModel.Load(fixture.BasePath, new LlamaModelOptions { VocabularyOnly = true });

        CollectionAssert.AreEqual(fixture.Tokens, model.Vocabulary.Tokenize(fixture.Text, parseSpecial: true));
    }

    [TestMethod]
    public void The_text_of_no_control_token_gives_a_control_token_when_user_text_is_tokenized()
    {
        int controls = 0;
        for (int token = 0; token < Vocabulary.Count; token++)
        {
            if (!Vocabulary.IsControl(token))
            {
                continue;
            }

            controls++;
            string text = Vocabulary.GetText([token], special: true);
            int[] tokens = Vocabulary.Tokenize("before " + text + " after");
            Assert.IsFalse(tokens.Any(Vocabulary.IsControl), text);
            CollectionAssert.AreEqual(new[] { token }, Vocabulary.Tokenize(text, parseSpecial: true), text);
        }

        Assert.IsGreaterThan(10, controls);
    }

    [TestMethod]
    [DataRow("")]
    [DataRow(" ")]
    [DataRow("Hello, world!")]
    [DataRow("café 🙂 日本語 \u200d\u0301")]
    [DataRow("line\r\n\tindent   spaces")]
    [DataRow("a\0b")]
    public void Text_survives_tokens_and_back(string text) =>
        Assert.AreEqual(text, Vocabulary.GetText(Vocabulary.Tokenize(text)));

    [TestMethod]
    public void A_long_text_needs_no_second_look()
    {
        string text = string.Concat(Enumerable.Repeat("The invoice was charged twice. ", 5000));

        Assert.AreEqual(text, Vocabulary.GetText(Vocabulary.Tokenize(text)));
    }

    [TestMethod]
    public void Lone_surrogates_become_replacement_characters() =>
        Assert.AreEqual("a\uFFFDb", Vocabulary.GetText(Vocabulary.Tokenize("a\uD800b")));

    [TestMethod]
    public void Special_tokens_are_those_of_the_chat_format()
    {
        Assert.AreEqual("<|im_end|>", Vocabulary.GetText([Vocabulary.EndOfSequence!.Value], special: true));
        Assert.IsTrue(Vocabulary.IsEndOfGeneration(Vocabulary.EndOfSequence.Value));
        Assert.AreEqual(string.Empty, Vocabulary.GetText([Vocabulary.EndOfSequence.Value]));
        Assert.IsFalse(Vocabulary.AddsBeginningOfSequence);
        Assert.IsFalse(Vocabulary.IsControl(Vocabulary.Tokenize("Hello")[0]));
        Assert.AreEqual("Hello", Encoding.UTF8.GetString(Vocabulary.GetBytes(Vocabulary.Tokenize("Hello")[0])));
    }

    [TestMethod]
    public void Tokens_beyond_the_vocabulary_are_refused()
    {
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Vocabulary.GetBytes(Vocabulary.Count));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Vocabulary.IsControl(-1));
    }

    [TestMethod]
    public void Many_threads_may_tokenize_at_once()
    {
        int[] expected = Vocabulary.Tokenize("Please reset my password, café 🙂");

        Parallel.For(0, 2000, _ => CollectionAssert.AreEqual(expected, Vocabulary.Tokenize("Please reset my password, café 🙂")));
    }
}

namespace EdgeBuild.LanguageServer.Models;

/// <summary>What the process that asks models answers to, over JSON-RPC on its standard streams.</summary>
internal static class ModelHostMethods
{
    /// <summary>Counts tokens: <see cref="TokenRequest"/> in, a number for each text out.</summary>
    public const string CountTokens = "countTokens";

    /// <summary>Asks a model and its base: <see cref="ModelQuestion"/> in, the answers out; they come as <see cref="Part"/> too, while they are made.</summary>
    public const string Ask = "ask";

    /// <summary>The process asks the server to take an <see cref="AnswerPart"/>.</summary>
    public const string Part = "part";
}

/// <summary>Texts of which the tokens are counted.</summary>
/// <param name="BasePath">The base model, for its vocabulary.</param>
/// <param name="Texts">The texts.</param>
internal sealed record TokenRequest(string BasePath, IReadOnlyList<TokenText> Texts);

/// <summary>A text; markers of the chat format are read in control text only.</summary>
internal sealed record TokenText(string Text, bool IsControl);

/// <summary>A question to a built model.</summary>
/// <param name="Id">Names the question in its parts.</param>
/// <param name="Plan">The text of the plan.</param>
/// <param name="Prompt">The prompt's name.</param>
/// <param name="Source">The prompt as the editor holds it.</param>
/// <param name="Inputs">The inputs in the order of the prompt.</param>
/// <param name="WithBase">Whether the untuned base is asked too.</param>
internal sealed record ModelQuestion(int Id, string Plan, string Prompt, string Source, IReadOnlyList<string> Inputs, bool WithBase);

/// <summary>A part of an answer: a piece of a text that is being written, or the whole answer of one model.</summary>
/// <param name="Id">The question.</param>
/// <param name="Model"><c>tuned</c> or <c>base</c>.</param>
/// <param name="Piece">The piece; null for a whole answer.</param>
/// <param name="Answer">The answer; null for a piece.</param>
internal sealed record AnswerPart(int Id, string Model, string? Piece, ModelAnswer? Answer);

/// <summary>The answer of one model.</summary>
/// <param name="Model"><c>tuned</c> or <c>base</c>.</param>
/// <param name="Outputs">The values.</param>
/// <param name="Milliseconds">The time that the model worked.</param>
/// <param name="PromptTokens">The tokens of the prompt; 0 when they were not counted.</param>
/// <param name="Note">What a reader of the answer must know; null for nothing.</param>
internal sealed record ModelAnswer(string Model, IReadOnlyList<AnsweredOutput> Outputs, double Milliseconds, int PromptTokens, string? Note);

/// <summary>The value of one output.</summary>
/// <param name="Name">The output.</param>
/// <param name="Text">The value.</param>
/// <param name="Confidence">Its probability, 0 to 1; null for text that was streamed.</param>
/// <param name="Probabilities">All labels, the most probable first; empty for outputs without labels.</param>
internal sealed record AnsweredOutput(string Name, string Text, double? Confidence, IReadOnlyList<LabelShare> Probabilities);

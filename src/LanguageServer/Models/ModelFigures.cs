using EdgeBuild.Data;

namespace EdgeBuild.LanguageServer.Models;

/// <summary>What the last evaluation has measured of a model.</summary>
/// <param name="Outputs">The outputs of its prompts.</param>
/// <param name="Suspects">The training rows whose label looked wrong.</param>
/// <param name="ReportPath">The report.</param>
internal sealed record ModelFigures(IReadOnlyList<OutputFigures> Outputs, IReadOnlyList<SuspectedRow> Suspects, string ReportPath)
{
    /// <summary>Finds the outputs of a prompt.</summary>
    public IEnumerable<OutputFigures> Of(string prompt) => Outputs.Where(output => output.Prompt == prompt);
}

/// <summary>One output of a prompt.</summary>
/// <param name="Prompt">The prompt's name.</param>
/// <param name="Output">The output's name.</param>
/// <param name="Labels">The figures of each label; empty for outputs without labels.</param>
/// <param name="Answers">The answers by the hashes of their rows.</param>
internal sealed record OutputFigures(string Prompt, string Output, IReadOnlyDictionary<string, LabelFigures> Labels, IReadOnlyDictionary<RowHash, RowAnswer> Answers);

/// <summary>How well a label is told from the others; shares from 0 to 1.</summary>
internal sealed record LabelFigures(double Precision, double Recall, int Rows);

/// <summary>The answer to one test row.</summary>
/// <param name="Expected">What the row says.</param>
/// <param name="Answer">What the model says.</param>
/// <param name="Confidence">The probability of the answer, 0 to 1.</param>
/// <param name="Right">Whether both are the same.</param>
/// <param name="Labels">The most probable labels; empty for outputs without labels.</param>
internal sealed record RowAnswer(string Expected, string Answer, double Confidence, bool Right, IReadOnlyList<LabelShare> Labels);

/// <summary>A label and its probability, 0 to 1.</summary>
internal sealed record LabelShare(string Label, double Probability);

/// <summary>A training row of whose label the model was sure that it is another one.</summary>
/// <param name="File">The dataset as the project names it.</param>
/// <param name="Line">The line that the row had.</param>
/// <param name="Hash">The hash of the row; null in records of older versions.</param>
/// <param name="Output">The output.</param>
/// <param name="Label">The label of the row.</param>
/// <param name="LabelProbability">What the model gave it.</param>
/// <param name="Other">The label that the model preferred.</param>
/// <param name="OtherProbability">What the model gave that one.</param>
internal sealed record SuspectedRow(string File, int Line, RowHash? Hash, string Output, string Label, double LabelProbability, string Other, double OtherProbability)
{
    /// <summary>Tells whether a row is this one, wherever it stands now.</summary>
    public bool Is(DatasetRow row, int line) => row.DisplayPath == File && row.Outputs.GetValueOrDefault(Output) == Label && (Hash is { } hash ? hash == row.Hash : line == Line);
}

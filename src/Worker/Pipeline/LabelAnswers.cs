using EdgeBuild.Training;

namespace EdgeBuild.Worker.Pipeline;

/// <summary>What the model gives to the labels of rows after its first pass over them.</summary>
/// <param name="examples">Renders rows.</param>
/// <param name="pass">The first pass.</param>
internal sealed class LabelAnswers(ExampleBuilder examples, FirstPass pass)
{
    /// <summary>A row that heads answer is computed once, prompt and all; the texts of other labels share one prompt, and are a few tokens each.</summary>
    private const int CostOfHeads = 4;

    /// <summary>Gets what was asked so far, in texts of labels.</summary>
    public int Cost { get; private set; }

    /// <summary>Asks for the labelled outputs of rows.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="mostCost">The texts of labels are asked until <see cref="Cost"/> is so high.</param>
    /// <returns>The probabilities of the labels of each output, row by row.</returns>
    public IEnumerable<(LabelledRow Row, int Output, IReadOnlyDictionary<string, double> Probabilities)> Ask(IReadOnlyList<LabelledRow> rows, int mostCost)
    {
        IReadOnlyList<IReadOnlyList<float[]>> heads = pass.LabelProbabilities(examples.Build(rows));
        Cost += CostOfHeads * heads.Count(answers => answers.Count > 0);
        for (int index = 0; index < rows.Count; index++)
        {
            LabelledRow row = rows[index];
            for (int output = 0; output < row.Values.Count; output++)
            {
                if (!row.Prompt.Document.Outputs[output].IsLabelled)
                {
                    continue;
                }

                IReadOnlyList<string> labels = row.Prompt.Labels[row.Prompt.Document.Outputs[output].Name];
                int head = examples.HeadOutputs(row.Prompt).IndexOf(output);
                if (head >= 0)
                {
                    yield return (row, output, labels.Zip(heads[index][head]).ToDictionary(pair => pair.First, pair => (double)pair.Second, StringComparer.Ordinal));
                }
                else if (Cost <= mostCost)
                {
                    Cost += labels.Count;
                    yield return (row, output, ByText(row, output, labels));
                }
            }
        }
    }

    private Dictionary<string, double> ByText(LabelledRow row, int output, IReadOnlyList<string> labels)
    {
        double[] losses = pass.Losses([.. labels.Select(label => examples.BuildAnswer(row, [.. row.Values.Select((value, index) => index == output ? label : value)]))]);
        double least = losses.Min();
        double sum = losses.Sum(loss => Math.Exp(least - loss));
        return labels.Zip(losses).ToDictionary(pair => pair.First, pair => Math.Exp(least - pair.Second) / sum, StringComparer.Ordinal);
    }
}

using EdgeBuild.Contracts.Plans;
using EdgeBuild.LlamaCpp;
using EdgeBuild.Prompts;
using EdgeBuild.Worker.Evaluation;

namespace EdgeBuild.Worker.Pipeline;

/// <summary>Fits the label heads of a quantized file to what rounding has made of the hidden states.</summary>
public static class HeadRefitStage
{
    /// <summary>So many training rows are answered; more would only take time.</summary>
    private const int MostRows = 512;

    /// <summary>Chooses the rows to answer.</summary>
    /// <param name="rows">All rows.</param>
    /// <param name="examples">Knows the heads.</param>
    /// <returns>Training rows of prompts that have heads; none where no prompt has.</returns>
    public static IReadOnlyList<LabelledRow> Rows(RowSet rows, ExampleBuilder examples) =>
        BaseEvaluation.Sample([.. rows.Train.Where(row => !examples.HeadOutputs(row.Prompt).IsEmpty)], MostRows);

    /// <summary>Fits the heads and writes the file anew; every other byte of its content stays.</summary>
    /// <param name="path">The file.</param>
    /// <param name="quantization">Its quantization.</param>
    /// <param name="rows">What <see cref="Rows"/> has chosen.</param>
    /// <param name="answer">Answers the rows with the file, hidden states included.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>The names of the heads that changed; null where there is nothing to fit: no heads, or 8 bits and more, where rounding moves nothing that counts.</returns>
    public static async Task<IReadOnlyList<string>?> RunAsync(
        string path, string quantization, IReadOnlyList<LabelledRow> rows, Func<IReadOnlyList<LabelledRow>, Task<IReadOnlyList<PromptAnswers>>> answer, CancellationToken cancellationToken) =>
        rows.Count > 0 && QuantizationNames.UsesImportance(quantization) ? Run(path, await answer(rows), cancellationToken) : null;

    private static IReadOnlyList<string> Run(string path, IReadOnlyList<PromptAnswers> answers, CancellationToken cancellationToken)
    {
        string fitted = path + ".refit";
        IReadOnlyList<string> changed;
        using (GgufFile file = GgufFile.Open(path))
        {
            IReadOnlyList<LabelHeadValues> heads = LabelHeadMetadata.Read(file);
            LabelHeadValues[] refit = [.. heads.Select(head => Fit(head, answers, cancellationToken))];
            changed = [.. refit.Zip(heads).Where(pair => !ReferenceEquals(pair.First, pair.Second)).Select(pair => pair.First.Name)];
            if (changed.Count == 0)
            {
                return changed;
            }

            using var writer = new GgufWriter(file);
            LabelHeadMetadata.Write(writer, refit);
            foreach (GgufTensor tensor in file.Tensors)
            {
                writer.AddTensor(tensor);
            }

            writer.Write(fitted, cancellationToken);
        }

        File.Move(fitted, path, overwrite: true);
        return changed;
    }

    private static LabelHeadValues Fit(LabelHeadValues head, IReadOnlyList<PromptAnswers> answers, CancellationToken cancellationToken)
    {
        foreach (PromptAnswers prompt in answers)
        {
            for (int output = 0; output < prompt.Prompt.Document.Outputs.Count; output++)
            {
                PromptOutput declared = prompt.Prompt.Document.Outputs[output];
                if (declared.IsLabelled && LabelHeadMetadata.NameOf(prompt.Prompt.Name, declared.Name) == head.Name)
                {
                    string[] labels = [.. prompt.Prompt.Labels[declared.Name]];
                    (ReadOnlyMemory<float> State, int Label)[] rows =
                    [
                        .. prompt.Rows.Zip(prompt.Predictions, (row, prediction) => (prediction.Fields[output].HiddenState, Array.IndexOf(labels, row.Values[output])))
                            .Where(row => row.HiddenState.Length > 0 && row.Item2 >= 0),
                    ];
                    return new HeadRefit(head, [.. rows.Select(row => row.State)], [.. rows.Select(row => row.Label)]).Fit(cancellationToken);
                }
            }
        }

        return head;
    }
}

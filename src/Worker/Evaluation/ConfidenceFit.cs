using EdgeBuild.Prompts;
using EdgeBuild.Runtime;

namespace EdgeBuild.Worker.Evaluation;

/// <summary>
/// What an app may make of the probabilities of a model, fitted on its answers to validation rows: the temperature of each labelled output, the
/// thresholds of its labels, and what tells unfamiliar inputs.
/// </summary>
public sealed class ConfidenceFit
{
    private readonly Dictionary<(string Prompt, string Output), Fit> _fits = [];

    private ConfidenceFit()
    {
    }

    /// <summary>Fits all outputs with labels.</summary>
    /// <param name="answers">The answers to validation rows at temperature 1, with hidden states.</param>
    /// <returns>The fit.</returns>
    public static ConfidenceFit Of(IReadOnlyList<PromptAnswers> answers)
    {
        var all = new ConfidenceFit();
        foreach (PromptAnswers prompt in answers)
        {
            for (int output = 0; output < prompt.Prompt.Document.Outputs.Count; output++)
            {
                if (prompt.Prompt.Document.Outputs[output] is { IsLabelled: true } labelled && !NestedAnswer.IsNested(labelled))
                {
                    all._fits.Add((prompt.Prompt.Name, labelled.Name), FitOutput(prompt, output, prompt.Prompt.Labels[labelled.Name]));
                }
            }
        }

        return all;
    }

    /// <summary>Adds what was fitted to the entry of a prompt.</summary>
    /// <param name="prompt">The entry.</param>
    /// <param name="test">The answers to test rows with the temperatures of this fit; empty when they are not measured yet.</param>
    /// <returns>The whole entry.</returns>
    public EdgeManifestPrompt AddTo(EdgeManifestPrompt prompt, IReadOnlyList<OutputEvaluation> test) => new()
    {
        Name = prompt.Name,
        Hash = prompt.Hash,
        Labels = prompt.Labels,
        Temperatures = Of(prompt.Name).ToDictionary(fit => fit.Key.Output, fit => fit.Value.Temperature),
        Confidence = Of(prompt.Name).ToDictionary(fit => fit.Key.Output, fit =>
        {
            IReadOnlyList<MeasuredAnswer> measured = test.FirstOrDefault(output => output.Prompt == prompt.Name && output.Output == fit.Key.Output)?.Answers ?? [];
            return new EdgeManifestConfidence
            {
                Rows = fit.Value.Answers.Count,
                TestRows = measured.Count,
                Levels = ConfidenceLevels.Find(prompt.Labels[fit.Key.Output], fit.Value.Answers, measured),
                Familiarity = fit.Value.Familiarity,
            };
        }),
    };

    private IEnumerable<KeyValuePair<(string Prompt, string Output), Fit>> Of(string prompt) => _fits.Where(fit => fit.Key.Prompt == prompt);

    private static Fit FitOutput(PromptAnswers prompt, int output, IReadOnlyList<string> labels)
    {
        FieldPrediction[] fields = [.. prompt.Predictions.Select(prediction => prediction.Fields[output])];
        string[] expected = [.. prompt.Rows.Select(row => row.Values[output])];
        LabelledOutcome[] outcomes =
        [
            .. fields.Zip(expected, (field, label) =>
            {
                Dictionary<string, double> probabilities = field.Probabilities.ToDictionary(entry => entry.Label, entry => entry.Probability, StringComparer.Ordinal);
                return new LabelledOutcome([.. labels.Select(name => Math.Log(Math.Max(probabilities[name], 1e-300)))], labels.ToList().IndexOf(label));
            }),
        ];
        double temperature = TemperatureFit.Of(outcomes);
        MeasuredAnswer[] answers =
        [
            .. fields.Select((field, row) => new MeasuredAnswer(field.Text, outcomes[row].Probabilities(temperature).Max(), field.Text == expected[row], IsUnfamiliar: false)),
        ];
        (ReadOnlyMemory<float> HiddenState, string Label)[] states =
            [.. fields.Zip(expected, (field, label) => (field.HiddenState, label)).Where(row => row.HiddenState.Length > 0)];
        return new Fit(temperature, answers, FamiliarityFit.Of(states));
    }

    private sealed record Fit(double Temperature, IReadOnlyList<MeasuredAnswer> Answers, EdgeManifestFamiliarity? Familiarity);
}

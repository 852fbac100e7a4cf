using Microsoft.ML;
using Microsoft.ML.Trainers;

namespace EdgeBuild.Worker.Evaluation;

/// <summary>
/// What a .NET team would use without EdgeBuild: ML.NET's multiclass text classification as its tutorials show it, FeaturizeText
/// (TF-IDF of words and of character trigrams) and SDCA maximum entropy, both with their defaults.
/// </summary>
public static class TextClassificationReference
{
    /// <summary>Trains on one set of rows and answers another.</summary>
    /// <param name="training">The texts with their labels.</param>
    /// <param name="questions">The texts to answer.</param>
    /// <param name="seed">The seed; together with one thread it makes the result repeat.</param>
    /// <returns>One label for each question with its probability, in order.</returns>
    public static IReadOnlyList<(string Label, double Probability)> Predict(
        IEnumerable<(string Text, string Label)> training, IEnumerable<string> questions, int seed = 42)
    {
        var context = new MLContext(seed);
        IDataView rows = context.Data.LoadFromEnumerable(training.Select(row => new LabelledText { Text = row.Text, Label = row.Label }));
        var trainer = new SdcaMaximumEntropyMulticlassTrainer.Options
        {
            LabelColumnName = "Key",
            FeatureColumnName = "Features",
            NumberOfThreads = 1,
        };
        var model = context.Transforms.Conversion.MapValueToKey("Key", nameof(LabelledText.Label))
            .Append(context.Transforms.Text.FeaturizeText("Features", nameof(LabelledText.Text)))
            .Append(context.MulticlassClassification.Trainers.SdcaMaximumEntropy(trainer))
            .Append(context.Transforms.Conversion.MapKeyToValue(nameof(Answer.Predicted), "PredictedLabel"))
            .Fit(rows);
        IDataView unlabelled = context.Data.LoadFromEnumerable(questions.Select(text => new LabelledText { Text = text }));
        return
        [
            .. context.Data.CreateEnumerable<Answer>(model.Transform(unlabelled), reuseRowObject: false).Select(answer => (answer.Predicted, (double)answer.Score.Max())),
        ];
    }

    private sealed class LabelledText
    {
        public string Text { get; set; } = string.Empty;

        public string Label { get; set; } = string.Empty;
    }

    private sealed class Answer
    {
        public string Predicted { get; set; } = string.Empty;

        public float[] Score { get; set; } = [];
    }
}

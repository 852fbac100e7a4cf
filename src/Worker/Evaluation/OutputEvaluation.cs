using System.Text.Json.Serialization;

namespace EdgeBuild.Worker.Evaluation;

/// <summary>How well one output of a prompt is answered on a set of rows. All figures are derived from the answers.</summary>
public sealed record OutputEvaluation
{
    private ConfusionMatrix? _confusion;
    private TextScores? _text;
    private IReadOnlyList<FieldScore>? _fields;

    /// <summary>Gets the prompt's name.</summary>
    public required string Prompt { get; init; }

    /// <summary>Gets the output's name.</summary>
    public required string Output { get; init; }

    /// <summary>Gets what the output is.</summary>
    public required OutputKind Kind { get; init; }

    /// <summary>Gets the labels of a labelled output; else empty.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>Gets the answers in the order of the rows.</summary>
    public required IReadOnlyList<RowOutcome> Outcomes
    {
        get;
        init
        {
            // A copy with other answers has other figures.
            field = value;
            _confusion = null;
            _text = null;
            _fields = null;
        }
    }

    /// <summary>Gets the mean time of a call in milliseconds, all outputs of the prompt together; 0 when it was not measured.</summary>
    public double MillisecondsPerCall { get; init; }

    /// <summary>Gets the mean number of tokens of the prompt with its inputs.</summary>
    public double PromptTokens { get; init; }

    /// <summary>Gets the tokens after which texts were cut; null for the runtime's own limit.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? MostTokens { get; init; }

    /// <summary>Gets the number of rows.</summary>
    [JsonIgnore]
    public int Rows => Outcomes.Count;

    /// <summary>Gets the number of rows that are answered exactly.</summary>
    [JsonIgnore]
    public int Correct => Outcomes.Count(outcome => outcome.Right);

    /// <summary>Gets what thresholds are found from.</summary>
    [JsonIgnore]
    public IReadOnlyList<MeasuredAnswer> Answers =>
        [.. Outcomes.Select(outcome => new MeasuredAnswer(outcome.Predicted, outcome.Confidence, outcome.Right, outcome.IsUnfamiliar))];

    /// <summary>Gets the share of exact answers, 0 to 1.</summary>
    [JsonIgnore]
    public double Accuracy => Rows == 0 ? 0 : (double)Correct / Rows;

    /// <summary>Gets the mean F1 over the labels; null where there are none.</summary>
    [JsonIgnore]
    public double? MacroF1 => Confusion?.MacroF1;

    /// <summary>Gets the share of exact fields of all rows; null for other outputs than arrays and objects.</summary>
    [JsonIgnore]
    public double? FieldAccuracy =>
        Kind == OutputKind.Record && Fields.Count > 0 ? (double)Fields.Sum(score => score.Correct) / Fields.Sum(score => score.Total) : null;

    /// <summary>Gets the figure that one build is compared by with another, 0 to 1: exact answers, the overlap (chrF) for free text.</summary>
    [JsonIgnore]
    public double Score => Text?.Chrf ?? Accuracy;

    /// <summary>Gets the figure that people look at first, with its interval of 95 %: exact answers, ROUGE-L for free text.</summary>
    [JsonIgnore]
    public (double Value, double Low, double High) Shown
    {
        get
        {
            if (Text is { } text)
            {
                return (text.RougeL, text.RougeLInterval.Low, text.RougeLInterval.High);
            }

            WilsonInterval interval = WilsonInterval.Of(Correct, Rows);
            return (Accuracy, interval.Low, interval.High);
        }
    }

    /// <summary>Gets the confusion counts of a labelled output; else null.</summary>
    [JsonIgnore]
    public ConfusionMatrix? Confusion => Kind == OutputKind.Label ? _confusion ??= ConfusionMatrix.Of(Labels, Outcomes) : null;

    /// <summary>Gets the overlap of free texts; null for other outputs.</summary>
    [JsonIgnore]
    public TextScores? Text => Kind == OutputKind.Text ? _text ??= TextScores.Of(Outcomes) : null;

    /// <summary>Gets how often each field of a record or call is exact; empty for other outputs.</summary>
    [JsonIgnore]
    public IReadOnlyList<FieldScore> Fields => Kind is OutputKind.Record or OutputKind.Call ? _fields ??= FieldScore.Of(Outcomes) : [];

    /// <summary>Gets the expected calibration error over ten bins (Guo et al. 2017, arXiv 1706.04599), 0 to 1.</summary>
    [JsonIgnore]
    public double CalibrationError => ReliabilityBin.ExpectedError(ReliabilityBin.Of(Outcomes));

    /// <summary>Gets the same error before the temperature was applied.</summary>
    [JsonIgnore]
    public double RawCalibrationError => ReliabilityBin.ExpectedError(ReliabilityBin.Of(Outcomes, outcome => outcome.RawConfidence ?? outcome.Confidence));

    /// <summary>Gets the rows with wrong answers, the worst first: the most confident ones, free texts with the least overlap.</summary>
    [JsonIgnore]
    public IReadOnlyList<RowOutcome> Wrong =>
    [
        .. Outcomes.Where(outcome => !outcome.Right)
            .OrderBy(outcome => Kind == OutputKind.Text ? RougeL.Score(outcome.Predicted, outcome.Expected) : 0)
            .ThenByDescending(outcome => outcome.Confidence),
    ];

    /// <summary>Finds the same output among those of another model.</summary>
    /// <param name="others">The outputs of the other model.</param>
    /// <returns>The output, or null.</returns>
    public OutputEvaluation? In(IEnumerable<OutputEvaluation> others) => others.FirstOrDefault(other => other.Prompt == Prompt && other.Output == Output);
}

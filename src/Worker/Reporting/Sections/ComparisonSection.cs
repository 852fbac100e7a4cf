using System.Globalization;
using System.Text;
using EdgeBuild.Worker.Evaluation;

namespace EdgeBuild.Worker.Reporting;

/// <summary>The shipped file beside the base, the unquantized model, the last version and others that were measured.</summary>
internal static class ComparisonSection
{
    public static void Append(StringBuilder html, ReportContent content)
    {
        foreach (OutputEvaluation output in content.Record.Shipped)
        {
            (string Name, OutputEvaluation Answers)[] others =
            [
                .. content.Record.Others.Append(new EvaluationSet(EvaluationSet.Last, content.Previous?.Shipped ?? []))
                    .Select(set => (set.Name, Answers: output.In(set.Outputs))).Where(entry => entry.Answers is not null).Select(entry => (entry.Name, entry.Answers!)),
            ];
            html.AppendChart(Chart(output, others));
            if (output.Kind == OutputKind.Text)
            {
                AppendTexts(html, output, others);
                continue;
            }

            html.AppendTable($"The shipped file against each, on the rows that both answered ({output.Prompt} / {output.Output})", ["<against", "rows", "gained", "lost", "difference", "interval of 95 %", "p (McNemar)"], others.Select(entry =>
            {
                var pairs = PairedComparison.Of(output.Outcomes, entry.Answers.Outcomes);
                CultureInfo invariant = CultureInfo.InvariantCulture;
                return (IReadOnlyList<string>)
                [
                    HtmlText.Encode(entry.Name), pairs.Rows.ToString(invariant), pairs.Gained.ToString(invariant), pairs.Lost.ToString(invariant),
                    pairs.Difference.ToString("+0.0 %;-0.0 %;0.0 %", invariant), $"{HtmlText.Percent(pairs.Interval.Low)} to {HtmlText.Percent(pairs.Interval.High)}", pairs.PValue < 0.0001 ? "< 0.0001" : pairs.PValue.ToString("0.0000", invariant),
                ];
            }));
        }

        if (content.Record.Trials.Count > 0)
        {
            html.AppendTable("Types that Quantization=\"Auto\" tried, on validation rows", ["<type", "size", "loss"], content.Record.Trials.Select(trial => (IReadOnlyList<string>)
            [
                HtmlText.Encode(trial.Quantization), string.Create(CultureInfo.InvariantCulture, $"{trial.Bytes / 1e6:0.0} MB"), trial.Loss is { } loss ? HtmlText.Percent(loss) : "not needed",
            ]));
        }

        if (content.Record.Find(EvaluationSet.FewShot) is null)
        {
            html.Append("<p class=\"note\"><code>edgebuild report ").Append(HtmlText.Encode(content.Plan.Model)).Append(" --full</code> measures more: the base with examples in its prompt, the model before quantizing, and an ordinary classifier.</p>\n");
        }
    }

    private static void AppendTexts(StringBuilder html, OutputEvaluation output, IReadOnlyList<(string Name, OutputEvaluation Answers)> others)
    {
        AppendOverlap(html, output, others);
        foreach ((string name, OutputEvaluation answers) in others.Where(entry => entry.Answers.MostTokens is not null))
        {
            html.Append(CultureInfo.InvariantCulture, $"<p class=\"note\">A model without training rarely stops by itself: the texts of the {HtmlText.Encode(name)} were cut after {answers.MostTokens} tokens, {AnswerLimit.Margin} times the longest answer that its rows expect.</p>\n");
        }
    }

    private static void AppendOverlap(StringBuilder html, OutputEvaluation output, IReadOnlyList<(string Name, OutputEvaluation Answers)> others) => html.AppendTable(
        $"The shipped file against each, on the rows that both answered ({output.Prompt} / {output.Output}); intervals of 95 % by the paired bootstrap",
        ["<against", "rows", "ROUGE-L", "interval", "chrF", "interval"],
        others.Select(entry =>
        {
            var pairs = TextComparison.Of(output.Outcomes, entry.Answers.Outcomes);
            return (IReadOnlyList<string>)
            [
                HtmlText.Encode(entry.Name), pairs.Rows.ToString(CultureInfo.InvariantCulture), Signed(pairs.RougeL), Range(pairs.RougeLInterval), Signed(pairs.Chrf), Range(pairs.ChrfInterval),
            ];
        }));

    private static string Signed(double value) => value.ToString("+0.000;-0.000;0.000", CultureInfo.InvariantCulture);

    private static string Range((double Low, double High) interval) => $"{Signed(interval.Low)} to {Signed(interval.High)}";

    private static ReportChart Chart(OutputEvaluation output, IReadOnlyList<(string Name, OutputEvaluation Answers)> others)
    {
        bool text = output.Kind == OutputKind.Text;
        var bars = new[] { (Name: "shipped", Answers: output) }.Concat(others).Select(entry =>
        {
            (double value, double low, double high) = entry.Answers.Shown;
            return new { name = entry.Name, value, low, high, main = entry.Name == "shipped", entry.Answers };
        }).ToArray();
        return new ReportChart(
            "bars",
            $"{output.Prompt} / {output.Output}: {(text ? "ROUGE-L" : "share of rows that are exactly right")}, with intervals of 95 %",
            [.. bars.Select(bar => new { bar.name, bar.value, bar.low, bar.high, bar.main })],
            ["<model", text ? "ROUGE-L" : "right", "from", "to", "rows", .. text ? (string[])["chrF", "exact"] : []],
            [
                .. bars.Select(bar => (IReadOnlyList<string>)
                [
                    bar.name, HtmlText.Percent(bar.value), HtmlText.Percent(bar.low), HtmlText.Percent(bar.high), bar.Answers.Rows.ToString(CultureInfo.InvariantCulture),
                    .. bar.Answers.Text is { } scores ? (string[])[HtmlText.Percent(scores.Chrf), HtmlText.Percent(bar.Answers.Accuracy)] : [],
                ]),
            ]);
    }
}

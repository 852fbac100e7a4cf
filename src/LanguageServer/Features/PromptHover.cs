using System.Globalization;
using System.Text;
using EdgeBuild.Contracts.Locking;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.LanguageServer.Models;
using EdgeBuild.LanguageServer.Projects;
using EdgeBuild.LanguageServer.Protocol;
using EdgeBuild.Prompts;
using EdgeBuild.Prompts.Yaml;
using Range = EdgeBuild.LanguageServer.Protocol.Range;

namespace EdgeBuild.LanguageServer.Features;

/// <summary>What a prompt file says about the thing under the pointer.</summary>
/// <param name="file">The file.</param>
/// <param name="rows">The rows of its datasets.</param>
/// <param name="models">The models that builds have made.</param>
internal sealed class PromptHover(PromptFile file, LabelRows rows, IBuiltModels models)
{
    private const int LongestExample = 80;

    private IReadOnlyList<PlannedDataset> Datasets => file.Project?.DatasetsOf(file.Path) ?? [];

    /// <summary>Explains what stands at a position; null when there is nothing to say.</summary>
    public Hover? At(Position position)
    {
        if (file.Name is { } name && Range.From(name.Position).Contains(position))
        {
            return new Hover(MarkupContent.Markdown(OfPrompt(name.Text)), Range.From(name.Position));
        }

        if (file.FindLabel(position) is { } label)
        {
            return new Hover(MarkupContent.Markdown(OfLabel(label.Output, label.Label.Text)), Range.From(label.Label.Position));
        }

        if (file.FindInput(position) is { } input && file.PlacesOfInput(input).FirstOrDefault(place => Around(place).Contains(position)) is var place && file.Syntax.FindName("inputs", input) is not null)
        {
            return new Hover(MarkupContent.Markdown(OfField("inputs", input)), place);
        }

        if (file.FindName("outputs", position) is { } output)
        {
            return new Hover(MarkupContent.Markdown(OfField("outputs", output)), Range.From(file.Syntax.FindName("outputs", output)!.Position));
        }

        return OfKey(position);
    }

    private static Range Around(Range place) => new(
        place.Start with { Character = Math.Max(0, place.Start.Character - 3) }, place.End with { Character = place.End.Character + 3 });

    private static string Percent(double share) => share.ToString("P1", CultureInfo.InvariantCulture);

    private string OfPrompt(string name)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"**{name}**");
        if ((file.Syntax.Root?["description"] as YamlScalar)?.Text is { Length: > 0 } description)
        {
            text.Append(" – ").Append(description);
        }

        text.Append(CultureInfo.InvariantCulture, $"\n\nClient `{PromptNaming.PascalCase(name)}`");
        if (file.Project?.PlansOfPrompt(file.Path).FirstOrDefault().Plan is { } plan)
        {
            text.Append(CultureInfo.InvariantCulture, $", model `{plan.Model}` on {plan.Base.Name}, {plan.Quantization}");
        }

        foreach (KeyValuePair<string, LockedMetric> metric in Metrics(name))
        {
            string figure = metric.Value.RougeL is { } overlap ? $"ROUGE-L {Percent(overlap)}" : $"{Percent(metric.Value.Accuracy)} right";
            double? untuned = metric.Value.RougeL is null ? metric.Value.BaseAccuracy : metric.Value.BaseRougeL;
            string before = untuned is { } share ? $", untuned base {Percent(share)}" : string.Empty;
            text.Append(CultureInfo.InvariantCulture, $"\n\n`{metric.Key}`: {figure} on {metric.Value.Rows} test rows{before}");
        }

        return text.ToString();
    }

    private IEnumerable<KeyValuePair<string, LockedMetric>> Metrics(string prompt) =>
        file.Project?.Lock?.Metrics.Where(metric => metric.Key.Split(':')[^1].StartsWith(prompt + "/", StringComparison.Ordinal)) ?? [];

    private string OfLabel(string output, string label)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"**{label}** – label of `{output}`");
        foreach (KeyValuePair<string, int> split in rows.Count(Datasets, output, label))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n\n{split.Key}: {split.Value} rows");
        }

        foreach ((string model, LabelFigures figures) in Figures(output, label))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n\n{model}: precision {Percent(figures.Precision)}, recall {Percent(figures.Recall)} on {figures.Rows} test rows");
        }

        if (file.Name is { } prompt && Metrics(prompt.Text).FirstOrDefault(metric => metric.Key == LockFile.OutputKey(prompt.Text, output)).Value is { } metric)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n\nAll labels: {Percent(metric.Accuracy)} right, macro-F1 {metric.MacroF1 ?? metric.Accuracy:0.000}");
        }

        return text.ToString();
    }

    private IEnumerable<(string Model, LabelFigures Figures)> Figures(string output, string label) =>
        from entry in file.Project?.PlansOfPrompt(file.Path) ?? []
        from figures in models.Read(entry.Plan)?.Of(entry.Prompt.Name) ?? []
        where figures.Output == output && figures.Labels.ContainsKey(label)
        select (entry.Plan.Name, figures.Labels[label]);

    private string OfField(string list, string name)
    {
        YamlMapping declaration = file.Syntax.FindDeclaration(list, name)!;
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"**{name}** – {(list == "inputs" ? "input" : "output")}, {(declaration["kind"] as YamlScalar)?.Text}");
        if ((declaration["description"] as YamlScalar)?.Text is { Length: > 0 } description)
        {
            text.Append("\n\n").Append(description);
        }

        if (list == "outputs" && file.LabelsOf(name) is { Count: > 0 } labels)
        {
            text.Append("\n\nLabels: ").AppendJoin(", ", labels.Take(20)).Append(labels.Count > 20 ? ", …" : string.Empty);
        }

        foreach (string example in list == "inputs" ? rows.Examples(Datasets, name) : [])
        {
            text.Append("\n- `").Append((example.Length > LongestExample ? example[..LongestExample] + "…" : example).ReplaceLineEndings(" ").Replace('`', '\'')).Append('`');
        }

        return text.ToString();
    }

    private Hover? OfKey(Position position)
    {
        string line = file.Document.Line(position.Line);
        if (position.Line == 0 || position.Line >= file.Syntax.FrontMatterEnd - 1 || FrontMatterPath.KeyOf(line) is not { } key)
        {
            return null;
        }

        int start = line.IndexOf(key, StringComparison.Ordinal);
        var range = new Range(position with { Character = start }, position with { Character = start + key.Length });
        string? text = PromptKeys.Below(FrontMatterPath.Above(file.Document, range.Start)).FirstOrDefault(known => known.Key == key).Text;
        return text is not null && range.Contains(position) ? new Hover(MarkupContent.Markdown($"**{key}** – {text}"), range) : null;
    }
}

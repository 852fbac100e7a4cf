using System.Globalization;
using EdgeBuild.Contracts.Locking;

namespace EdgeBuild.Contracts;

/// <summary>All figures of a model in one line: a build log has room for one.</summary>
public static class FiguresLine
{
    private const int MostNamed = 4;

    /// <summary>Formats the line.</summary>
    /// <param name="figures">The figures.</param>
    /// <returns>For example <c>triage/category 90.3 % right (untuned base 10.9 %), triage/urgent 97.4 % right (25.8 %) on 538 test rows</c>.</returns>
    public static string Of(IReadOnlyCollection<ModelFigure> figures)
    {
        // With many outputs the worst ones are those that somebody must look at.
        ModelFigure[] named = [.. figures.Count > MostNamed ? figures.OrderBy(figure => figure.Value).Take(MostNamed) : figures];
        string others = figures.Count > named.Length ? string.Format(CultureInfo.InvariantCulture, ", {0} more above that", figures.Count - named.Length) : string.Empty;
        int least = figures.Min(figure => figure.Rows);
        int most = figures.Max(figure => figure.Rows);
        string rows = least == most ? Number(most) : Number(least) + " to " + Number(most);
        return string.Join(", ", named.Select((figure, index) => Describe(figure, isFirst: index == 0))) + others + " on " + rows + " test rows";
    }

    /// <summary>Formats the line from a lock file, or a part of one.</summary>
    /// <param name="file">The lock file.</param>
    /// <returns>The line, or null when the file has no figures.</returns>
    public static string? Of(LockFile file) => file.Metrics.Count == 0
        ? null
        : Of([.. file.Metrics.Select(metric => new ModelFigure(metric.Key, metric.Value.Accuracy, metric.Value.BaseAccuracy, metric.Value.Rows))]);

    private static string Describe(ModelFigure figure, bool isFirst)
    {
        string before = isFirst ? "untuned base " : string.Empty;
        return figure.IsText
            ? string.Format(CultureInfo.InvariantCulture, "{0} chrF {1:0.000} ({2}{3:0.000})", figure.Name, figure.Value, before, figure.BaseValue)
            : string.Format(CultureInfo.InvariantCulture, "{0} {1:P1} right ({2}{3:P1})", figure.Name, figure.Value, before, figure.BaseValue);
    }

    private static string Number(int rows) => rows.ToString(CultureInfo.InvariantCulture);
}

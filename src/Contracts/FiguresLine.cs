using System.Globalization;
using EdgeBuild.Contracts.Locking;

namespace EdgeBuild.Contracts;

/// <summary>All figures of a model in one line, since a build log has room for one: the same line after a training and for a cached model.</summary>
public static class FiguresLine
{
    private const int MostNamed = 4;

    /// <summary>Formats the line from the part of a lock file that belongs to one artifact.</summary>
    /// <param name="fragment">The part.</param>
    /// <returns>
    /// For example <c>triage/category 90.3 % right (untuned base 10.9 %), triage/urgent 97.4 % right (25.8 %) on 538 test rows</c>; null without figures.
    /// </returns>
    public static string? Of(LockFile fragment)
    {
        KeyValuePair<string, LockedMetric>[] figures = [.. fragment.Metrics];
        if (figures.Length == 0)
        {
            return null;
        }

        // With many outputs the worst ones are those that somebody must look at.
        KeyValuePair<string, LockedMetric>[] named = [.. figures.Length > MostNamed ? figures.OrderBy(figure => figure.Value.RougeL ?? figure.Value.Accuracy).Take(MostNamed) : figures];
        string others = figures.Length > named.Length ? string.Format(CultureInfo.InvariantCulture, ", {0} more above that", figures.Length - named.Length) : string.Empty;
        int least = figures.Min(figure => figure.Value.Rows);
        int most = figures.Max(figure => figure.Value.Rows);
        string rows = least == most ? Number(most) : Number(least) + " to " + Number(most);
        return string.Join(", ", named.Select((figure, index) => NameOf(figure.Key) + " " + Describe(figure.Value, index == 0 ? "untuned base " : string.Empty))) + others + " on " + rows + " test rows";
    }

    private static string Describe(LockedMetric metric, string before)
    {
        if (metric.RougeL is not { } overlap)
        {
            return string.Format(CultureInfo.InvariantCulture, "{0:P1} right ({1}{2:P1})", metric.Accuracy, before, metric.BaseAccuracy);
        }

        string untuned = metric.BaseRougeL is null ? string.Empty : string.Format(CultureInfo.InvariantCulture, " ({0}{1:0.000}, {2:0.000})", before, metric.BaseRougeL, metric.BaseChrf);
        return string.Format(CultureInfo.InvariantCulture, "ROUGE-L {0:0.000}, chrF {1:0.000}{2}", overlap, metric.Chrf, untuned);
    }

    /// <summary>The line stands behind the adapter's name already.</summary>
    private static string NameOf(string key) => key.Substring(key.IndexOf(':') + 1);

    private static string Number(int rows) => rows.ToString(CultureInfo.InvariantCulture);
}

using System.Text.Json;
using System.Text.Json.Nodes;

namespace EdgeBuild.Worker.Evaluation;

/// <summary>How often a field of a record is answered exactly. Items of an array are compared in their order and counted as one field.</summary>
/// <param name="Field">The path, for example <c>items[].price</c>.</param>
/// <param name="Correct">The number of exact values.</param>
/// <param name="Total">The number of values that the row or the answer has.</param>
public sealed record FieldScore(string Field, int Correct, int Total)
{
    /// <summary>Gets the share of exact values, 0 to 1.</summary>
    public double Accuracy => Total == 0 ? 1 : (double)Correct / Total;

    /// <summary>Counts the fields of all rows.</summary>
    /// <param name="outcomes">The answers; expected and predicted are JSON.</param>
    /// <returns>One entry a field, in the order of their first occurrence.</returns>
    public static IReadOnlyList<FieldScore> Of(IReadOnlyCollection<RowOutcome> outcomes)
    {
        var counts = new Dictionary<string, (int Correct, int Total)>(StringComparer.Ordinal);
        foreach (RowOutcome outcome in outcomes)
        {
            Dictionary<string, string> expected = Leaves(outcome.Expected);
            Dictionary<string, string> predicted = Leaves(outcome.Predicted);
            foreach (string path in expected.Keys.Union(predicted.Keys, StringComparer.Ordinal))
            {
                string field = FieldOf(path);
                (int correct, int total) = counts.GetValueOrDefault(field);
                bool right = expected.TryGetValue(path, out string? left) && predicted.TryGetValue(path, out string? other) && left == other;
                counts[field] = (correct + (right ? 1 : 0), total + 1);
            }
        }

        return [.. counts.Select(entry => new FieldScore(entry.Key, entry.Value.Correct, entry.Value.Total))];
    }

    /// <summary>Tells whether two texts are the same JSON, whatever their spaces and the order of their keys.</summary>
    /// <param name="expected">One text.</param>
    /// <param name="predicted">The other.</param>
    /// <returns>False also when one is no JSON.</returns>
    public static bool AreEqual(string expected, string predicted) =>
        string.Equals(expected, predicted, StringComparison.Ordinal)
        || (TryParse(expected, out JsonNode? left) && TryParse(predicted, out JsonNode? right) && JsonNode.DeepEquals(left, right));

    private static bool TryParse(string text, out JsonNode? node)
    {
        try
        {
            node = JsonNode.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            // A text that is no JSON equals only itself.
            node = null;
            return false;
        }
    }

    /// <summary>The values that hold no others, by their paths with the numbers of items.</summary>
    private static Dictionary<string, string> Leaves(string json)
    {
        var leaves = new Dictionary<string, string>(StringComparer.Ordinal);
        if (TryParse(json, out JsonNode? root))
        {
            Add(root, string.Empty, leaves);
        }

        return leaves;
    }

    private static void Add(JsonNode? node, string path, Dictionary<string, string> leaves)
    {
        switch (node)
        {
            case JsonObject members:
                foreach (KeyValuePair<string, JsonNode?> member in members)
                {
                    Add(member.Value, path.Length == 0 ? member.Key : $"{path}.{member.Key}", leaves);
                }

                break;
            case JsonArray items:
                for (int index = 0; index < items.Count; index++)
                {
                    Add(items[index], $"{path}[{index}]", leaves);
                }

                break;
            default:
                leaves[path] = node?.ToJsonString() ?? "null";
                break;
        }
    }

    private static string FieldOf(string path)
    {
        var field = new System.Text.StringBuilder(path.Length);
        bool inside = false;
        foreach (char c in path)
        {
            inside = c == '[' || (inside && c != ']');
            if (!inside || c == '[')
            {
                field.Append(c);
            }
        }

        return field.ToString();
    }
}

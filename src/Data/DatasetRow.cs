using EdgeBuild.Contracts;

namespace EdgeBuild.Data;

/// <summary>One valid row of a prompt.</summary>
public sealed class DatasetRow
{
    internal DatasetRow(
        string prompt,
        string displayPath,
        SourcePosition position,
        string split,
        double weight,
        IReadOnlyDictionary<string, string> inputs,
        IReadOnlyDictionary<string, string> outputs)
    {
        DisplayPath = displayPath;
        Position = position;
        Split = split;
        Weight = weight;
        Inputs = inputs;
        Outputs = outputs;
        InputsHash = HashOf(prompt, inputs, []);
        Hash = HashOf(prompt, inputs, outputs);
    }

    /// <summary>Gets the file as the project names it.</summary>
    public string DisplayPath { get; }

    /// <summary>Gets the place of the row.</summary>
    public SourcePosition Position { get; }

    /// <summary>Gets the split, one of <see cref="DatasetSplits"/>.</summary>
    public string Split { get; }

    /// <summary>Gets how much the row counts in the loss.</summary>
    public double Weight { get; }

    /// <summary>Gets the inputs by name; numbers are invariant, Booleans are <c>true</c> or <c>false</c>.</summary>
    public IReadOnlyDictionary<string, string> Inputs { get; }

    /// <summary>Gets the outputs by name; labels are exact.</summary>
    public IReadOnlyDictionary<string, string> Outputs { get; }

    /// <summary>Gets the SHA-256 over prompt name and inputs: equal for rows that ask the same.</summary>
    public RowHash InputsHash { get; }

    /// <summary>Gets the SHA-256 over prompt name, inputs and outputs: independent of file type, file name, column order and place.</summary>
    public RowHash Hash { get; }

    /// <summary>Gets the text form of <see cref="Hash"/>.</summary>
    public string CanonicalHash => Hash.ToString();

    private static RowHash HashOf(string prompt, IReadOnlyDictionary<string, string> inputs, IEnumerable<KeyValuePair<string, string>> outputs)
    {
        using var key = new ContentKey();
        key.Add("prompt", prompt);
        foreach (KeyValuePair<string, string> input in inputs.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            key.Add("input " + input.Key, input.Value);
        }

        foreach (KeyValuePair<string, string> output in outputs.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            key.Add("output " + output.Key, output.Value);
        }

        return RowHash.Parse(key.Finish());
    }
}

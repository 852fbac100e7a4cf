namespace EdgeBuild.Generators.Models;

/// <summary>All that the source of one client is written from. Holds no path: a project that is moved generates the same.</summary>
/// <param name="FileName">The name of the prompt file, without folders.</param>
/// <param name="Namespace">The namespace; empty for the global one.</param>
/// <param name="Name">The name of the client class.</param>
/// <param name="Model">The name of the model.</param>
/// <param name="Prompt">The name of the prompt.</param>
/// <param name="Description">What the prompt does.</param>
/// <param name="Source">The text of the prompt file.</param>
/// <param name="Hash">The hash of prompt and labels.</param>
/// <param name="Body">The lines of the messages, for the documentation.</param>
/// <param name="Inputs">The inputs.</param>
/// <param name="Outputs">The outputs.</param>
internal sealed record ClientModel(
    string FileName,
    string Namespace,
    string Name,
    string Model,
    string Prompt,
    string Description,
    string Source,
    string Hash,
    EquatableArray<string> Body,
    EquatableArray<InputModel> Inputs,
    EquatableArray<OutputModel> Outputs)
{
    /// <summary>Gets the name of the interface.</summary>
    public string Interface => "I" + Name;

    /// <summary>Gets the name of the result type.</summary>
    public string Result => ResultOf(Name);

    /// <summary>Gets the name of the class with the typed probabilities.</summary>
    public string Predictions => PredictionsOf(Name);

    /// <summary>Gets the name that no other generated file has.</summary>
    public string HintName
    {
        get
        {
            string name = (Namespace.Length == 0 ? Name : Namespace + "." + Name).Replace("@", string.Empty);
            return new string([.. name.Select(character => char.IsLetterOrDigit(character) || character == '.' ? character : '_')]) + ".g.cs";
        }
    }

    /// <summary>Gets the full names of all types that are generated for this client.</summary>
    public IEnumerable<string> Types
    {
        get
        {
            string prefix = Namespace.Length == 0 ? string.Empty : Namespace + ".";
            IEnumerable<string> enums = Outputs.Where(output => output.EnumType is not null).SelectMany(output => new[] { output.EnumType!, LabelsOf(output.EnumType!) });
            return new[] { Name, Interface, Result, Predictions }.Concat(enums).Select(type => prefix + type);
        }
    }

    /// <summary>The name of the result type of a client.</summary>
    public static string ResultOf(string client) => client + "Result";

    /// <summary>The name of the class with the typed probabilities of a client.</summary>
    public static string PredictionsOf(string client) => client + "Predictions";

    /// <summary>The name of the class that converts an enum from and to labels.</summary>
    public static string LabelsOf(string enumType) => enumType + "Labels";
}

namespace EdgeBuild.Generators.Models;

/// <summary>The names of the types that every client has.</summary>
/// <param name="Namespace">The namespace; empty for the global one.</param>
/// <param name="Client">The name of the client class.</param>
internal sealed record ClientNames(string Namespace, string Client)
{
    /// <summary>Gets the name of the interface.</summary>
    public string Interface => "I" + Client;

    /// <summary>Gets the name of the result type.</summary>
    public string Result => Client + "Result";

    /// <summary>Gets the name of the options of a call.</summary>
    public string Options => Client + "Options";

    /// <summary>Gets the name of the record of all inputs.</summary>
    public string Input => Client + "Input";

    /// <summary>Gets the name of the class with the typed probabilities.</summary>
    public string Predictions => Client + "Predictions";

    /// <summary>Gets the name of the client for unit tests.</summary>
    public string Fake => "Fake" + Client;

    /// <summary>Gets the name of the base type of calls of tools.</summary>
    public string Call => Client + "Call";

    /// <summary>Gets the name of the class that runs calls of tools.</summary>
    public string Dispatcher => Client + "Dispatcher";

    /// <summary>Gets the name of the interface of the tools.</summary>
    public string Tools => $"I{Client}Tools";

    /// <summary>Gets the name of the class that adds the client to an app's services.</summary>
    public string Services => Client + "ServiceCollectionExtensions";

    /// <summary>Gets all of them, also those that a client does not need: they stay free for it.</summary>
    public IEnumerable<string> All => [Client, Interface, Result, Options, Input, Predictions, Fake, Call, Dispatcher, Tools, Services];

    /// <summary>Gets the name that no other generated file has.</summary>
    public string HintName =>
        new string([.. Qualify(Client).Replace("@", string.Empty).Select(character => char.IsLetterOrDigit(character) || character == '.' ? character : '_')]) + ".g.cs";

    /// <summary>The name of the class that converts an enum from and to labels.</summary>
    public static string LabelsOf(string enumType) => enumType + "Labels";

    /// <summary>The full name of a type.</summary>
    public string Qualify(string type) => Namespace.Length == 0 ? type : Namespace + "." + type;
}

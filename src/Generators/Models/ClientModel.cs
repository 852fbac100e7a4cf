namespace EdgeBuild.Generators.Models;

/// <summary>All that the source of one client is written from. Holds no path: a project that is moved generates the same.</summary>
/// <param name="FileName">The name of the prompt file, without folders.</param>
/// <param name="Names">The names of the types that every client has.</param>
/// <param name="Model">The name of the model.</param>
/// <param name="Prompt">The name of the prompt.</param>
/// <param name="Description">What the prompt does.</param>
/// <param name="Source">The text of the prompt file.</param>
/// <param name="Hash">The hash of prompt and labels.</param>
/// <param name="Body">The lines of the messages, for the documentation.</param>
/// <param name="Inputs">The inputs.</param>
/// <param name="Outputs">The outputs.</param>
/// <param name="Enums">The enums of all labels.</param>
/// <param name="Records">The records inside of the result.</param>
/// <param name="Tools">The functions of which the answer calls one; mostly none.</param>
internal sealed record ClientModel(
    string FileName,
    ClientNames Names,
    string Model,
    string Prompt,
    string Description,
    string Source,
    string Hash,
    EquatableArray<string> Body,
    EquatableArray<InputModel> Inputs,
    EquatableArray<OutputModel> Outputs,
    EquatableArray<EnumModel> Enums,
    EquatableArray<RecordModel> Records,
    EquatableArray<ToolModel> Tools)
{
    /// <summary>Gets the type of one row of bulk work: the only input itself, or a record of all inputs.</summary>
    public string Row => Inputs.Count == 1 ? Inputs[0].Type : Names.Input;

    /// <summary>Gets a value indicating whether the answer is text that can be read while it is written.</summary>
    public bool IsStreamed => Outputs.Count == 1 && Outputs[0] is { Labels.Count: 0, Field.Type.Form: ValueForm.Text };

    /// <summary>Gets the full names of all types that are generated for this client.</summary>
    public IEnumerable<string> Types =>
        Names.All
            .Concat(Enums.SelectMany(type => new[] { type.Name, ClientNames.LabelsOf(type.Name) }))
            .Concat(Records.Select(record => record.Name))
            .Concat(Tools.Select(tool => tool.Call.Name))
            .Select(Names.Qualify);
}

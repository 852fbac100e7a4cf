using EdgeBuild.Generators.Models;
using EdgeBuild.Generators.Writing;
using EdgeBuild.Prompts;
using EdgeBuild.Prompts.Tools;

namespace EdgeBuild.Generators;

/// <summary>Makes the types that the answer of one prompt needs; each has a name of its own.</summary>
internal sealed class TypeFactory
{
    // Members that every record has; a property of such a name would not compile or hide them.
    private static readonly string[] _recordMembers =
    [
        "Clone", "Deconstruct", "EqualityContract", "Equals", "Finalize", "GetHashCode", "GetType", "MemberwiseClone", "PrintMembers",
        "ReferenceEquals", "ToString",
    ];

    private readonly ClientNames _names;
    private readonly HashSet<string> _taken;
    private readonly Dictionary<string, TypeModel> _sharedEnums = new(StringComparer.Ordinal);

    /// <summary>Initializes a new instance of the <see cref="TypeFactory"/> class.</summary>
    public TypeFactory(ClientNames names)
    {
        _names = names;
        _taken = new HashSet<string>(names.All, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Gets the enums so far.</summary>
    public List<EnumModel> Enums { get; } = [];

    /// <summary>Gets the records so far.</summary>
    public List<RecordModel> Records { get; } = [];

    /// <summary>Gets the tools so far.</summary>
    public List<ToolModel> Tools { get; } = [];

    /// <summary>Names that are valid for properties of a record.</summary>
    /// <param name="type">The name of the record.</param>
    /// <param name="names">The names in the prompt file.</param>
    public static List<string> PropertyNames(string type, IEnumerable<string> names)
    {
        var taken = new HashSet<string>(_recordMembers, StringComparer.Ordinal) { type };
        var properties = new List<string>();
        foreach (string name in names)
        {
            string property = PromptNaming.PropertyName(name);
            while (!taken.Add(property))
            {
                property += "Value";
            }

            properties.Add(property);
        }

        return properties;
    }

    /// <summary>Makes the type of a value.</summary>
    /// <param name="output">The output, property or item.</param>
    /// <param name="name">The name that a generated type should have.</param>
    /// <param name="path">How the documentation calls the value.</param>
    /// <param name="labels">The labels of an output, the oldest first; null for those of <paramref name="output"/> itself.</param>
    /// <param name="score">The score of an output, or null.</param>
    public TypeModel Create(PromptOutput output, string name, string path, IReadOnlyList<string>? labels = null, Score? score = null)
    {
        if (output.Tools.Count > 0)
        {
            ShareEnums(output.Tools);
            Tools.AddRange(output.Tools.Select(CreateTool));
            return new TypeModel(ValueForm.Call, _names.Call);
        }

        switch (output.Kind)
        {
            case PromptValueKind.Integer:
                return TypeModel.Integer;
            case PromptValueKind.Float:
                return TypeModel.Number;
            case PromptValueKind.Boolean:
                return TypeModel.Boolean;
            case PromptValueKind.Array:
                return TypeModel.ListOf(output.Items is { } item ? Create(item, name + "Item", path + "[]") : TypeModel.Text);
            case PromptValueKind.Object:
                string record = Take(name);
                string summary = DocumentationWriter.ValueText(output.Description, path, "value");
                int index = Records.Count;
                RecordModel model = CreateRecord(record, summary, output.Properties, path);
                Records.Insert(index, model);
                return new TypeModel(ValueForm.Record, record);
            default:
                IReadOnlyList<string> texts = labels ?? output.EnumValues;
                return texts.Count == 0 ? TypeModel.Text
                    : _sharedEnums.TryGetValue(EnumKey(output), out TypeModel? shared) ? shared
                    : CreateEnum(output, Take(name, ClientNames.LabelsOf), path, texts, score);
        }
    }

    // The room to light and the room to heat are one thing to the app: it would have to convert between two enums.
    private void ShareEnums(IReadOnlyList<PromptTool> tools)
    {
        foreach (IGrouping<string, PromptOutput> parameters in tools.SelectMany(tool => tool.Parameters)
            .Where(parameter => parameter.Kind == PromptValueKind.String && parameter.EnumValues.Count > 0)
            .GroupBy(EnumKey, StringComparer.Ordinal)
            .Where(group => group.Count() > 1))
        {
            PromptOutput first = parameters.First();
            string name = Take(_names.Client + PromptNaming.PropertyName(first.Name), ClientNames.LabelsOf);
            _sharedEnums.Add(parameters.Key, CreateEnum(first, name, first.Name, first.EnumValues, score: null));
        }
    }

    private static string EnumKey(PromptOutput output) => string.Join("\n", output.EnumValues.Prepend(output.Name));

    private TypeModel CreateEnum(PromptOutput output, string name, string path, IReadOnlyList<string> labels, Score? score)
    {
        IReadOnlyList<string> members = PromptNaming.UniqueLabelNames(labels);
        List<LabelModel> models = [.. labels.Select((text, number) => new LabelModel(text, members[number], number))];
        if (output.EnumValues.Count > 0)
        {
            models = [.. models.OrderBy(model => IndexOf(output.EnumValues, model.Text))];
        }

        Enums.Add(new EnumModel(name, path, output.Description, new(models), score));
        return new TypeModel(ValueForm.Label, name);
    }

    private RecordModel CreateRecord(string name, string summary, IReadOnlyList<PromptOutput> properties, string path)
    {
        List<string> names = PropertyNames(name, properties.Select(property => property.Name));
        return new RecordModel(name, summary, new([.. properties.Select((property, index) => new PropertyModel(
            property.Name,
            names[index],
            Create(property, name + names[index], path + "." + property.Name),
            property.Description,
            !property.Required))]));
    }

    private ToolModel CreateTool(PromptTool tool)
    {
        string method = PromptNaming.PropertyName(tool.Name);
        string summary = DocumentationWriter.ToolText(tool.Description, tool.Name);
        return new ToolModel(
            tool.Name,
            method,
            tool.Description,
            CreateRecord(Take(_names.Client + method), summary, tool.Parameters, tool.Name),
            new([.. tool.Parameters.Select(parameter => ParameterName(parameter.Name))]));
    }

    /// <summary>The name of a parameter beside the one for cancellation and, of a client, the one for options.</summary>
    public static string ParameterName(string name)
    {
        string parameter = PromptNaming.ParameterName(name);
        return parameter is "cancellationToken" or "options" ? parameter + "Value" : parameter;
    }

    private string Take(string name, Func<string, string>? companion = null)
    {
        while (_taken.Contains(name) || (companion is not null && _taken.Contains(companion(name))))
        {
            name += "Value";
        }

        _taken.Add(name);
        if (companion is not null)
        {
            _taken.Add(companion(name));
        }

        return name;
    }

    private static int IndexOf(IReadOnlyList<string> texts, string text)
    {
        int index = 0;
        while (texts[index] != text)
        {
            index++;
        }

        return index;
    }
}

using EdgeBuild.Contracts;
using EdgeBuild.Generators.Models;
using EdgeBuild.Prompts;
using Microsoft.CodeAnalysis.CSharp;

namespace EdgeBuild.Generators;

/// <summary>Makes the model of a client from a prompt file and the lock file.</summary>
internal sealed class ClientModelFactory
{
    // Members that every record has; a property of such a name would not compile or hide them.
    private static readonly string[] _recordMembers =
    [
        "Clone", "Deconstruct", "EqualityContract", "Equals", "Finalize", "GetHashCode", "GetType", "MemberwiseClone", "PrintMembers",
        "ReferenceEquals", "ToString",
    ];

    private readonly PromptFile _file;
    private readonly LockContent _lock;
    private readonly ProjectSettings _settings;
    private readonly List<Diagnostic> _diagnostics = [];

    private ClientModelFactory(PromptFile file, LockContent lockContent, ProjectSettings settings)
    {
        _file = file;
        _lock = lockContent;
        _settings = settings;
    }

    /// <summary>Makes the model, or says what is wrong.</summary>
    public static PromptOutcome Create(PromptFile file, LockContent lockContent, ProjectSettings settings)
    {
        var factory = new ClientModelFactory(file, lockContent, settings);
        ClientModel? client = factory.Create();
        return new PromptOutcome(
            file.Path,
            factory._diagnostics.Exists(diagnostic => diagnostic.IsError) ? null : client,
            new(factory._diagnostics.Select(diagnostic => Finding.From(diagnostic, file.Text))));
    }

    private ClientModel? Create()
    {
        PromptParseResult parsed = PromptDocument.Parse(_file.Path, _file.Text);
        _diagnostics.AddRange(parsed.Diagnostics);
        if (parsed.Document is not { } document)
        {
            return null;
        }

        string name = ClientName(document);
        string? space = Namespace();
        if (_file.Model.Length == 0)
        {
            Report(ErrorCodes.InvalidProjectItem, "This EdgePrompt item has no Model. Add Model=\"NAME\" with the name of an EdgeModel item.");
        }

        LabelSet labels = LabelSet.From(document, _lock.LabelsOf(document));
        foreach (PromptOutput output in labels.Missing)
        {
            _diagnostics.Add(new Diagnostic(
                ErrorCodes.LabelsUnknown,
                DiagnosticSeverity.Warning,
                _file.Path,
                output.Position,
                $"No client '{name}' is generated yet, since the labels of '{output.Name}' are not known. Build once, so that they are taken from the training rows into edgebuild.lock.json, or write enumValues."));
        }

        if (!labels.IsComplete || space is null)
        {
            return null;
        }

        return new ClientModel(
            Path.GetFileName(_file.Path),
            space,
            name,
            _file.Model,
            document.Name,
            document.Description ?? document.DisplayName ?? $"The prompt {document.Name}.",
            document.Source,
            CompiledPrompt.ComputeHash(document, labels),
            new(BodyLines(document)),
            new(document.Inputs.Select(Input)),
            new(Outputs(document, labels, name)));
    }

    private static InputModel Input(PromptInput input)
    {
        string parameter = PromptNaming.ParameterName(input.Name);
        return new InputModel(
            input.Name,
            parameter == "cancellationToken" ? "cancellationTokenValue" : parameter,
            input.Kind,
            input.Description,
            input.Example,
            new(input.EnumValues));
    }

    private List<OutputModel> Outputs(PromptDocument document, LabelSet labels, string client)
    {
        var types = new HashSet<string>(StringComparer.Ordinal) { client, "I" + client, ClientModel.ResultOf(client), ClientModel.PredictionsOf(client) };
        var properties = new HashSet<string>(_recordMembers, StringComparer.Ordinal) { ClientModel.ResultOf(client) };
        var outputs = new List<OutputModel>();
        foreach (PromptOutput output in document.Outputs)
        {
            string? enumType = null;
            if (output is { Kind: PromptValueKind.String, IsLabelled: true })
            {
                ReportClash(output, labels[output.Name]);
                enumType = client + PromptNaming.PropertyName(output.Name);
                while (types.Contains(enumType) || types.Contains(ClientModel.LabelsOf(enumType)))
                {
                    enumType += "Value";
                }

                types.Add(enumType);
                types.Add(ClientModel.LabelsOf(enumType));
            }

            string property = PromptNaming.PropertyName(output.Name);
            while (!properties.Add(property))
            {
                property += "Value";
            }

            IReadOnlyList<string> texts = labels[output.Name];
            outputs.Add(new OutputModel(
                output.Name,
                property,
                output.Kind,
                enumType,
                output.Description,
                new(texts.Zip(PromptNaming.LabelNames(texts), (text, member) => new LabelModel(text, member))),
                _lock.ScoreOf(document.Name, output.Name)));
        }

        return outputs;
    }

    private static IEnumerable<string> BodyLines(PromptDocument document)
    {
        foreach (PromptMessage message in document.Messages)
        {
            if (!ReferenceEquals(message, document.Messages[0]))
            {
                yield return string.Empty;
            }

            yield return message.Role switch { PromptRole.System => "system:", PromptRole.User => "user:", _ => "assistant:" };
            string text = string.Concat(message.Parts.Select(part => part.IsPlaceholder ? "{{" + part.Text + "}}" : part.Text));
            foreach (string line in text.Split('\n'))
            {
                yield return line;
            }
        }
    }

    private string ClientName(PromptDocument document)
    {
        string name = _file.ClientName.Length > 0 ? _file.ClientName : PromptNaming.PascalCase(document.Name);
        if (!IsName(name))
        {
            Report(ErrorCodes.InvalidProjectItem, $"'{name}' cannot be the name of a class. Set ClientName of this EdgePrompt item to a C# name.");
        }

        return name;
    }

    private string? Namespace()
    {
        string space = _file.Namespace.Length > 0 ? _file.Namespace : _settings.RootNamespace;
        if (space.Length == 0)
        {
            return space;
        }

        string[] parts = space.Split('.');
        if (parts.All(SyntaxFacts.IsValidIdentifier))
        {
            return string.Join(".", parts.Select(part => IsName(part) ? part : "@" + part));
        }

        Report(ErrorCodes.InvalidProjectItem, $"'{space}' is no namespace. Set Namespace of this EdgePrompt item, or the project's RootNamespace, to C# names with dots between them.");
        return null;
    }

    private static bool IsName(string name) => SyntaxFacts.IsValidIdentifier(name) && SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None;

    private void ReportClash(PromptOutput output, IReadOnlyList<string> labels)
    {
        if (PromptNaming.FindClash(labels) is { } clash)
        {
            _diagnostics.Add(new Diagnostic(
                ErrorCodes.DuplicateLabel,
                DiagnosticSeverity.Error,
                _file.Path,
                output.Position,
                $"The labels '{labels[clash.First]}' and '{labels[clash.Second]}' of '{output.Name}' give the same C# name '{clash.Name}'. Rename one of them in the dataset."));
        }
    }

    private void Report(string code, string message) =>
        _diagnostics.Add(new Diagnostic(code, DiagnosticSeverity.Error, _file.Path, new SourcePosition(1, 1), message));
}

using EdgeBuild.Contracts;
using EdgeBuild.Generators.Models;
using EdgeBuild.Prompts;
using Microsoft.CodeAnalysis.CSharp;

namespace EdgeBuild.Generators;

/// <summary>Makes the model of a client from a prompt file and the lock file.</summary>
internal sealed class ClientModelFactory
{
    // A class cannot be called like one of its members.
    private static readonly string[] _clientMembers = ["Coverage", "Definition", "Dispose", "ToInputs", "ToPrediction", "WarmUpAsync"];

    private readonly PromptFile _file;
    private readonly PromptParseResult _parsed;
    private readonly LockContent _lock;
    private readonly ProjectSettings _settings;
    private readonly List<Diagnostic> _diagnostics = [];

    private ClientModelFactory(PromptSource source)
    {
        _file = source.Prompt.File;
        _parsed = source.Prompt.Result;
        _lock = source.Lock;
        _settings = source.Settings;
    }

    /// <summary>Makes the model, or says what is wrong.</summary>
    public static PromptOutcome Create(PromptSource source)
    {
        var factory = new ClientModelFactory(source);
        ClientModel? client = factory.Create();
        return new PromptOutcome(
            factory._file.Path,
            factory._diagnostics.Exists(diagnostic => diagnostic.IsError) ? null : client,
            new(factory._diagnostics.Select(diagnostic => Finding.From(diagnostic, factory._file.Text))));
    }

    private ClientModel? Create()
    {
        _diagnostics.AddRange(_parsed.Diagnostics);
        if (_parsed.Document is not { } document)
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

        if (StaleLock.Find(document, labels, _lock.HashOf(document.Name)) is { } stale)
        {
            _diagnostics.Add(stale);
        }

        var names = new ClientNames(space, name);
        var types = new TypeFactory(names);
        List<OutputModel> outputs = Outputs(document, labels, types, names);
        return new ClientModel(
            Path.GetFileName(_file.Path),
            names,
            _file.Model,
            document.Name,
            document.Description ?? document.DisplayName ?? $"The prompt {document.Name}.",
            document.Source,
            CompiledPrompt.ComputeHash(document, labels),
            new(BodyLines(document)),
            new(Inputs(document, names)),
            new(outputs),
            new(types.Enums),
            new(types.Records),
            new(types.Tools));
    }

    private static IEnumerable<InputModel> Inputs(PromptDocument document, ClientNames names)
    {
        List<string> properties = TypeFactory.PropertyNames(names.Input, document.Inputs.Select(input => input.Name));
        return document.Inputs.Select((input, index) => new InputModel(
            input.Name,
            TypeFactory.ParameterName(input.Name),
            properties[index],
            input.Kind,
            input.Description,
            input.Example,
            new(input.EnumValues)));
    }

    private List<OutputModel> Outputs(PromptDocument document, LabelSet labels, TypeFactory types, ClientNames names)
    {
        IReadOnlyDictionary<string, IReadOnlyList<string>> locked = _lock.LabelsOf(document);
        List<string> properties = TypeFactory.PropertyNames(names.Result, document.Outputs.Select(output => output.Name));
        return
        [
            .. document.Outputs.Select((output, index) =>
            {
                IReadOnlyList<string> byAge = LabelSet.InOrderOfAge(locked.TryGetValue(output.Name, out IReadOnlyList<string>? old) ? old : [], labels[output.Name]);
                if (output.EnumValues.Count == 0)
                {
                    WarnOfClash(output, byAge);
                }

                Score? score = _lock.ScoreOf(document.Name, output.Name);
                TypeModel type = types.Create(output, names.Client + PromptNaming.PropertyName(output.Name), output.Name, byAge, score);
                return new OutputModel(
                    new PropertyModel(output.Name, properties[index], type, output.Description, !output.Required), new(labels[output.Name]), score);
            }),
        ];
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
        if (_file.ClientName.Length == 0 && _clientMembers.Contains(name))
        {
            name += "Client";
        }

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

    private void WarnOfClash(PromptOutput output, IReadOnlyList<string> labels)
    {
        if (PromptNaming.FindClash(labels) is { } clash)
        {
            _diagnostics.Add(new Diagnostic(
                ErrorCodes.LabelNameClash,
                DiagnosticSeverity.Warning,
                _file.Path,
                output.Position,
                $"The labels '{labels[clash.First]}' and '{labels[clash.Second]}' of '{output.Name}' give the same C# name '{clash.Name}', so the later one gets a number. Rename one of them in the rows if they mean the same."));
        }
    }

    private void Report(string code, string message) =>
        _diagnostics.Add(new Diagnostic(code, DiagnosticSeverity.Error, _file.Path, new SourcePosition(1, 1), message));
}

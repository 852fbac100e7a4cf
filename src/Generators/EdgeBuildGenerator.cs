using System.Collections.Immutable;
using System.Text;
using EdgeBuild.Generators.Models;
using EdgeBuild.Generators.Writing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace EdgeBuild.Generators;

/// <summary>
/// Writes a typed client for every prompt file of the project. Reads prompt files and edgebuild.lock.json only. Source and diagnostics
/// are two pipelines, so that a change that concerns only one of them leaves the other one alone.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class EdgeBuildGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValuesProvider<PromptFile> files = context.AdditionalTextsProvider
            .Combine(context.AnalyzerConfigOptionsProvider)
            .Where(static pair => PromptFile.Kind(pair.Left, pair.Right) == "Prompt")
            .Select(static (pair, cancellationToken) => PromptFile.Read(pair.Left, pair.Right, cancellationToken))
            .WithTrackingName(TrackingNames.PromptFiles);

        IncrementalValueProvider<LockContent> lockContent = context.AdditionalTextsProvider
            .Combine(context.AnalyzerConfigOptionsProvider)
            .Where(static pair => PromptFile.Kind(pair.Left, pair.Right) == "Lock")
            .Select(static (pair, cancellationToken) => LockContent.Read(pair.Left.Path, pair.Left.GetText(cancellationToken)?.ToString() ?? string.Empty))
            .Collect()
            .Select(static (contents, _) => contents.Length > 0 ? contents[0] : LockContent.Empty)
            .WithTrackingName(TrackingNames.Lock);

        IncrementalValueProvider<ProjectSettings> settings = context.AnalyzerConfigOptionsProvider
            .Select(static (options, _) => ProjectSettings.Read(options));

        // Each prompt goes its own way. What others have to say to it (types that are taken, its part of the lock file) is cut to size
        // before, so that a change of one prompt, or of one score, ends at its own client.
        IncrementalValuesProvider<PromptOutcome> outcomes = files
            .Select(static (file, _) => ParsedPrompt.From(file))
            .WithTrackingName(TrackingNames.Parsed)
            .Combine(lockContent)
            .Combine(settings)
            .Where(static pair => pair.Right.IsEnabled)
            .Select(static (pair, _) => new PromptSource(pair.Left.Left, pair.Left.Right.Of(pair.Left.Left.Result.Document?.Name ?? string.Empty), pair.Right))
            .WithTrackingName(TrackingNames.Sources)
            .Select(static (source, _) => ClientModelFactory.Create(source))
            .WithTrackingName(TrackingNames.Outcomes);

        IncrementalValueProvider<EquatableArray<TakenType>> takenTypes = outcomes
            .Select(static (outcome, _) => ClientTypes.Of(outcome))
            .Collect()
            .Select(static (clients, _) => TakenType.Find(clients))
            .WithTrackingName(TrackingNames.TakenTypes);

        IncrementalValuesProvider<PromptOutcome> accepted = outcomes
            .Combine(takenTypes)
            .Select(static (pair, _) => pair.Left.Without(pair.Right));

        IncrementalValuesProvider<ClientModel> clients = accepted
            .SelectMany(static (outcome, _) => outcome.Client is { } client ? ImmutableArray.Create(client) : [])
            .WithTrackingName(TrackingNames.Clients);
        context.RegisterSourceOutput(
            clients,
            static (production, client) => production.AddSource(client.Names.HintName, SourceText.From(ClientWriter.Write(client), Encoding.UTF8)));

        IncrementalValuesProvider<Finding> findings = accepted
            .SelectMany(static (outcome, _) => outcome.Findings)
            .WithTrackingName(TrackingNames.Findings);
        context.RegisterSourceOutput(findings, static (production, finding) => production.ReportDiagnostic(finding.ToDiagnostic()));
        context.RegisterSourceOutput(
            lockContent,
            static (production, content) =>
            {
                if (content.Error is { } error)
                {
                    production.ReportDiagnostic(error.ToDiagnostic());
                }
            });
    }
}

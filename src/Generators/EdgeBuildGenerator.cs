using System.Text;
using EdgeBuild.Contracts;
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

        IncrementalValueProvider<EquatableArray<PromptOutcome>> outcomes = files
            .Combine(lockContent)
            .Combine(settings)
            .Where(static pair => pair.Right.IsEnabled)
            .Select(static (pair, _) => ClientModelFactory.Create(pair.Left.Left, pair.Left.Right, pair.Right))
            .Collect()
            .Select(static (all, _) => RefuseEqualTypes(all));

        IncrementalValuesProvider<ClientModel> clients = outcomes
            .SelectMany(static (all, _) => all.Select(outcome => outcome.Client).OfType<ClientModel>())
            .WithTrackingName(TrackingNames.Clients);
        context.RegisterSourceOutput(
            clients,
            static (production, client) => production.AddSource(client.HintName, SourceText.From(ClientWriter.Write(client), Encoding.UTF8)));

        IncrementalValuesProvider<Finding> findings = outcomes
            .Combine(lockContent)
            .SelectMany(static (pair, _) => pair.Left.SelectMany(outcome => outcome.Findings).Concat(pair.Right.Error is { } error ? [error] : []))
            .WithTrackingName(TrackingNames.Findings);
        context.RegisterSourceOutput(findings, static (production, finding) => production.ReportDiagnostic(finding.ToDiagnostic()));
    }

    private static EquatableArray<PromptOutcome> RefuseEqualTypes(IEnumerable<PromptOutcome> outcomes)
    {
        // Names of generated files differ by more than case, so types of different clients must, too.
        var owners = new Dictionary<string, PromptOutcome>(StringComparer.OrdinalIgnoreCase);
        var result = new List<PromptOutcome>();
        foreach (PromptOutcome outcome in outcomes.OrderBy(outcome => outcome.Path, StringComparer.Ordinal))
        {
            string? taken = outcome.Client?.Types.FirstOrDefault(owners.ContainsKey);
            if (taken is not null)
            {
                var diagnostic = new EdgeBuild.Contracts.Diagnostic(
                    ErrorCodes.DuplicateItem,
                    EdgeBuild.Contracts.DiagnosticSeverity.Error,
                    outcome.Path,
                    new SourcePosition(1, 1),
                    $"The type '{taken}' is already generated for '{owners[taken].Client!.FileName}'. Set ClientName or Namespace of one of the two EdgePrompt items.");
                result.Add(outcome with { Client = null, Findings = new(outcome.Findings.Append(Finding.From(diagnostic, string.Empty))) });
                continue;
            }

            foreach (string type in outcome.Client?.Types ?? [])
            {
                owners[type] = outcome;
            }

            result.Add(outcome);
        }

        return new(result);
    }
}

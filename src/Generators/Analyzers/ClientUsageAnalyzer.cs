using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace EdgeBuild.Generators.Analyzers;

/// <summary>Finds wrong use of generated clients: waiting for an answer, clients that are never disposed, a client for every call.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ClientUsageAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        [UsageDescriptors.BlockingCall, UsageDescriptors.NotDisposed, UsageDescriptors.ClientPerCall];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (GeneratedClients.Of(start.Compilation) is { } clients)
            {
                start.RegisterOperationAction(operation => AnalyzeInvocation(operation, clients), OperationKind.Invocation);
                start.RegisterOperationAction(operation => AnalyzeProperty(operation, clients), OperationKind.PropertyReference);
                start.RegisterOperationAction(operation => AnalyzeCreation(operation, clients), OperationKind.ObjectCreation);
            }
        });
    }

    private static void AnalyzeInvocation(OperationAnalysisContext context, GeneratedClients clients)
    {
        var invocation = (IInvocationOperation)context.Operation;
        if (BlockingCallRule.Find(invocation, clients) is { } call)
        {
            Report(context, UsageDescriptors.BlockingCall, invocation, BlockingCallRule.Name(invocation), call.TargetMethod.Name);
        }
    }

    private static void AnalyzeProperty(OperationAnalysisContext context, GeneratedClients clients)
    {
        var property = (IPropertyReferenceOperation)context.Operation;
        if (BlockingCallRule.Find(property, clients) is { } call)
        {
            Report(context, UsageDescriptors.BlockingCall, property, property.Property.Name, call.TargetMethod.Name);
        }
    }

    private static void AnalyzeCreation(OperationAnalysisContext context, GeneratedClients clients)
    {
        var creation = (IObjectCreationOperation)context.Operation;
        if (!clients.IsClient(creation.Type))
        {
            return;
        }

        if (ClientPerCallRule.Find(creation) is { } place)
        {
            Report(context, UsageDescriptors.ClientPerCall, creation, creation.Type!.Name, place);
        }
        else if (DisposalRule.IsLost(creation))
        {
            Report(context, UsageDescriptors.NotDisposed, creation, creation.Type!.Name);
        }
    }

    private static void Report(OperationAnalysisContext context, DiagnosticDescriptor descriptor, IOperation operation, params object[] arguments) =>
        context.ReportDiagnostic(Diagnostic.Create(descriptor, operation.Syntax.GetLocation(), arguments));
}

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace EdgeBuild.Generators.Analyzers;

/// <summary>Finds clients that are made in a loop or for every request of a web app.</summary>
internal static class ClientPerCallRule
{
    private const string WebNamespace = "Microsoft.AspNetCore";

    /// <summary>Where a client is made anew each time, for the message; null when it is not.</summary>
    public static string? Find(IObjectCreationOperation creation)
    {
        IOperation child = creation;
        for (IOperation? operation = creation.Parent; operation is not null; child = operation, operation = operation.Parent)
        {
            switch (operation)
            {
                case IForEachLoopOperation loop when !ReferenceEquals(loop.Collection, child):
                case IForLoopOperation forLoop when !forLoop.Before.Contains(child):
                case IWhileLoopOperation:
                    return "every pass of a loop";
                case IAnonymousFunctionOperation function:
                    return IsRequestHandler(function) ? "every request" : null;
                case ILocalFunctionOperation:
                    return null;
            }
        }

        return IsControllerAction(creation) ? "every request" : null;
    }

    private static bool IsRequestHandler(IAnonymousFunctionOperation function)
    {
        for (IOperation? operation = function.Parent; operation is IDelegateCreationOperation or IConversionOperation or IArgumentOperation or IInvocationOperation; operation = operation.Parent)
        {
            if (operation is IInvocationOperation call)
            {
                return IsWeb(call.TargetMethod.ContainingType)
                    && (call.TargetMethod.Name.StartsWith("Map", StringComparison.Ordinal) || call.TargetMethod.Name is "Use" or "Run");
            }
        }

        return false;
    }

    private static bool IsControllerAction(IObjectCreationOperation creation)
    {
        ISymbol? member = creation.SemanticModel?.GetEnclosingSymbol(creation.Syntax.SpanStart);
        return member is IMethodSymbol { MethodKind: MethodKind.Ordinary, DeclaredAccessibility: Accessibility.Public, IsStatic: false } method
            && BaseTypes(method.ContainingType).Any(type => type.Name == "ControllerBase" && IsWeb(type));
    }

    private static IEnumerable<INamedTypeSymbol> BaseTypes(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? current = type.BaseType; current is not null; current = current.BaseType)
        {
            yield return current;
        }
    }

    private static bool IsWeb(INamedTypeSymbol type) => type.ContainingNamespace.ToDisplayString().StartsWith(WebNamespace, StringComparison.Ordinal);
}

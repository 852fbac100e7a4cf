using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace EdgeBuild.Generators.Analyzers;

/// <summary>Finds clients that nobody can dispose any more. What leaves the method is somebody else's to dispose, so it is never reported.</summary>
internal static class DisposalRule
{
    /// <summary>Whether a new client is lost without having been disposed.</summary>
    public static bool IsLost(IObjectCreationOperation creation)
    {
        IOperation value = creation;
        while (value.Parent is IConversionOperation or IParenthesizedOperation)
        {
            value = value.Parent;
        }

        return value.Parent switch
        {
            IInvocationOperation call when ReferenceEquals(call.Instance, value) => call.TargetMethod.Name != "Dispose",
            IExpressionStatementOperation => true,
            IVariableInitializerOperation { Parent: IVariableDeclaratorOperation declarator } => !IsUsing(declarator) && !IsDisposedOrHandedOn(declarator),
            _ => false,
        };
    }

    private static bool IsUsing(IVariableDeclaratorOperation declarator)
    {
        for (IOperation? operation = declarator.Parent; operation is not null and not IBlockOperation; operation = operation.Parent)
        {
            if (operation is IUsingDeclarationOperation or IUsingOperation)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsDisposedOrHandedOn(IVariableDeclaratorOperation declarator)
    {
        IOperation root = declarator;
        while (root.Parent is not null)
        {
            root = root.Parent;
        }

        return root.Descendants().OfType<ILocalReferenceOperation>()
            .Where(reference => SymbolEqualityComparer.Default.Equals(reference.Local, declarator.Symbol))
            .Any(reference => !IsMereCall(reference));
    }

    // Calls of other members than Dispose leave the client as it was; every other use may dispose it or hand it on.
    private static bool IsMereCall(ILocalReferenceOperation reference) => reference.Parent switch
    {
        IInvocationOperation call when ReferenceEquals(call.Instance, reference) => call.TargetMethod.Name is not ("Dispose" or "DisposeAsync"),
        IConditionalAccessOperation access when ReferenceEquals(access.Operation, reference) =>
            access.WhenNotNull is not IInvocationOperation { TargetMethod.Name: "Dispose" or "DisposeAsync" },
        IPropertyReferenceOperation property => ReferenceEquals(property.Instance, reference),
        _ => false,
    };
}

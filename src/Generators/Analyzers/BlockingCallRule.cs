using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace EdgeBuild.Generators.Analyzers;

/// <summary>Finds <c>.Result</c>, <c>.Wait()</c> and <c>.GetAwaiter().GetResult()</c> on the calls of a client.</summary>
internal static class BlockingCallRule
{
    /// <summary>The call that a method waits for, or null.</summary>
    public static IInvocationOperation? Find(IInvocationOperation invocation, GeneratedClients clients) => invocation.TargetMethod.Name switch
    {
        "Wait" => Source(invocation.Instance, clients),
        "GetResult" when invocation.Instance is IInvocationOperation { TargetMethod.Name: "GetAwaiter" } awaiter => Source(awaiter.Instance, clients),
        _ => null,
    };

    /// <summary>The call that a property waits for, or null.</summary>
    public static IInvocationOperation? Find(IPropertyReferenceOperation property, GeneratedClients clients) =>
        property.Property.Name == "Result" ? Source(property.Instance, clients) : null;

    /// <summary>What waits, as it is written.</summary>
    public static string Name(IInvocationOperation invocation) =>
        invocation.TargetMethod.Name == "GetResult" ? "GetAwaiter().GetResult()" : invocation.TargetMethod.Name + "()";

    private static IInvocationOperation? Source(IOperation? task, GeneratedClients clients) => task switch
    {
        IInvocationOperation call when clients.IsAsyncCall(call.TargetMethod) => call,
        IInvocationOperation { TargetMethod.Name: "AsTask" or "ConfigureAwait" or "Preserve" } wrapper => Source(wrapper.Instance, clients),
        IConversionOperation conversion => Source(conversion.Operand, clients),
        IParenthesizedOperation parenthesized => Source(parenthesized.Operand, clients),
        ILocalReferenceOperation local => Source(InitialValue(local), clients),
        _ => null,
    };

    // A local that is never assigned again is as good as its first value.
    private static IOperation? InitialValue(ILocalReferenceOperation reference)
    {
        IOperation root = reference;
        while (root.Parent is not null)
        {
            root = root.Parent;
        }

        bool isTheLocal(ISymbol symbol) => SymbolEqualityComparer.Default.Equals(symbol, reference.Local);
        return root.Descendants().OfType<ISimpleAssignmentOperation>().Any(assignment => assignment.Target is ILocalReferenceOperation target && isTheLocal(target.Local))
            ? null
            : root.Descendants().OfType<IVariableDeclaratorOperation>().FirstOrDefault(declarator => isTheLocal(declarator.Symbol))?.GetVariableInitializer()?.Value;
    }
}

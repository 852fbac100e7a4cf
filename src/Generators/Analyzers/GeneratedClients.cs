using Microsoft.CodeAnalysis;

namespace EdgeBuild.Generators.Analyzers;

/// <summary>Recognises generated clients by the attribute that the generator puts on them.</summary>
internal sealed class GeneratedClients
{
    private readonly INamedTypeSymbol _generatedCode;
    private readonly INamedTypeSymbol _disposable;
    private readonly INamedTypeSymbol? _task;
    private readonly INamedTypeSymbol? _valueTask;

    private GeneratedClients(Compilation compilation, INamedTypeSymbol generatedCode, INamedTypeSymbol disposable)
    {
        _generatedCode = generatedCode;
        _disposable = disposable;
        _task = compilation.GetTypeByMetadataName("System.Threading.Tasks.Task");
        _valueTask = compilation.GetTypeByMetadataName("System.Threading.Tasks.ValueTask`1");
    }

    /// <summary>Looks the needed types up; null in a compilation without the runtime, which has no clients.</summary>
    public static GeneratedClients? Of(Compilation compilation) =>
        compilation.GetTypeByMetadataName("EdgeBuild.Runtime.EdgePromptClient") is not null
        && compilation.GetTypeByMetadataName("System.CodeDom.Compiler.GeneratedCodeAttribute") is { } generatedCode
        && compilation.GetTypeByMetadataName("System.IDisposable") is { } disposable
            ? new GeneratedClients(compilation, generatedCode, disposable)
            : null;

    /// <summary>Whether a type is a client that holds a model: the class itself, not its interface or its fake.</summary>
    public bool IsClient(ITypeSymbol? type) =>
        type is INamedTypeSymbol { TypeKind: TypeKind.Class } named
        && (IsGenerated(named) || IsRuntimeClient(named))
        && named.AllInterfaces.Contains(_disposable, SymbolEqualityComparer.Default);

    /// <summary>Whether a method of a client, or of its interface, gives an answer that comes later.</summary>
    public bool IsAsyncCall(IMethodSymbol method) =>
        (IsGenerated(method.ContainingType) || IsRuntimeClient(method.ContainingType))
        && (IsTask(method.ReturnType) || SymbolEqualityComparer.Default.Equals(method.ReturnType.OriginalDefinition, _valueTask));

    private bool IsTask(ITypeSymbol type)
    {
        for (ITypeSymbol? current = type; current is not null; current = current.BaseType)
        {
            if (SymbolEqualityComparer.Default.Equals(current, _task))
            {
                return true;
            }
        }

        return false;
    }

    private bool IsGenerated(INamedTypeSymbol type) => type.GetAttributes().Any(attribute =>
        SymbolEqualityComparer.Default.Equals(attribute.AttributeClass, _generatedCode)
        && attribute.ConstructorArguments is [{ Value: "EdgeBuild" }, ..]);

    private static bool IsRuntimeClient(INamedTypeSymbol type) =>
        type is { Name: "EdgePromptClient", ContainingNamespace: { Name: "Runtime", ContainingNamespace.Name: "EdgeBuild" } };
}

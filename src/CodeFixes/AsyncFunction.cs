using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Editing;
using Microsoft.CodeAnalysis.Simplification;

namespace EdgeBuild.CodeFixes;

/// <summary>The function around an <c>await</c>.</summary>
internal static class AsyncFunction
{
    /// <summary>The method, local function or lambda around a node; null for top-level statements.</summary>
    public static SyntaxNode? Around(SyntaxNode node) => node.Ancestors().FirstOrDefault(ancestor =>
        ancestor is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or BaseMethodDeclarationSyntax or AccessorDeclarationSyntax or BasePropertyDeclarationSyntax or FieldDeclarationSyntax);

    /// <summary>Whether a function may already hold an <c>await</c>.</summary>
    public static bool IsAsync(SyntaxNode function) => function switch
    {
        AnonymousFunctionExpressionSyntax lambda => lambda.AsyncKeyword.IsKind(SyntaxKind.AsyncKeyword),
        LocalFunctionStatementSyntax local => local.Modifiers.Any(SyntaxKind.AsyncKeyword),
        MethodDeclarationSyntax method => method.Modifiers.Any(SyntaxKind.AsyncKeyword),
        _ => false,
    };

    /// <summary>Whether a function can be made <c>async</c> without breaking what others expect of it.</summary>
    public static bool CanBecomeAsync(SyntaxNode function, SemanticModel model, CancellationToken cancellationToken)
    {
        if (function is not (MethodDeclarationSyntax or LocalFunctionStatementSyntax)
            || model.GetDeclaredSymbol(function, cancellationToken) is not IMethodSymbol method
            || method.IsOverride
            || method.IsVirtual
            || method.RefKind != RefKind.None
            || method.Parameters.Any(parameter => parameter.RefKind != RefKind.None)
            || function.DescendantNodes().Any(node => node is YieldStatementSyntax))
        {
            return false;
        }

        // A method that returns a task without being async has return statements that would be wrong afterwards.
        bool returnsTask = method.ReturnType.ToDisplayString().StartsWith("System.Threading.Tasks.", StringComparison.Ordinal);
        return !returnsTask && !ImplementsInterface(method);
    }

    /// <summary>Adds <c>async</c> and wraps the result in a task.</summary>
    public static void MakeAsync(DocumentEditor editor, SyntaxNode function) => editor.ReplaceNode(function, static (node, generator) =>
    {
        TypeSyntax result = node is MethodDeclarationSyntax method ? method.ReturnType : ((LocalFunctionStatementSyntax)node).ReturnType;
        const string Task = "global::System.Threading.Tasks.Task";
        bool isVoid = result is PredefinedTypeSyntax predefined && predefined.Keyword.IsKind(SyntaxKind.VoidKeyword);
        TypeSyntax task = SyntaxFactory.ParseTypeName(isVoid ? Task : $"{Task}<{result.WithoutTrivia()}>").WithAdditionalAnnotations(Simplifier.Annotation).WithTriviaFrom(result);
        SyntaxNode typed = node is MethodDeclarationSyntax declaration ? declaration.WithReturnType(task) : ((LocalFunctionStatementSyntax)node).WithReturnType(task);
        return generator.WithModifiers(typed, generator.GetModifiers(typed).WithAsync(true));
    });

    private static bool ImplementsInterface(IMethodSymbol method) =>
        method.ExplicitInterfaceImplementations.Length > 0
        || method.ContainingType.AllInterfaces
            .SelectMany(type => type.GetMembers(method.Name))
            .Any(member => SymbolEqualityComparer.Default.Equals(method.ContainingType.FindImplementationForInterfaceMember(member), method));
}

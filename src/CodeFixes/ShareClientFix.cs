using System.Collections.Immutable;
using System.Composition;
using EdgeBuild.Contracts;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace EdgeBuild.CodeFixes;

/// <summary>Makes a client once, before the loop or before the handler of requests.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ShareClientFix))]
[Shared]
public sealed class ShareClientFix : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [ErrorCodes.ClientPerCall];

    /// <summary>Two clients of one loop would be moved over each other.</summary>
    /// <returns>Null.</returns>
    public override FixAllProvider? GetFixAllProvider() => null;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        SyntaxNode root = (await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false))!;
        SemanticModel model = (await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false))!;
        if (root.FindNode(context.Span, getInnermostNodeForTie: true) is BaseObjectCreationExpressionSyntax creation
            && Anchor(creation) is { } anchor
            && ClientVariable.CanInsertBefore(anchor)
            && !UsesLocalsOf(creation, anchor, model, context.CancellationToken))
        {
            context.RegisterCodeFix(
                CodeAction.Create(
                    "Make one client for all calls",
                    cancellationToken => ClientVariable.MoveBeforeAsync(context.Document, creation, anchor, cancellationToken),
                    nameof(ShareClientFix)),
                context.Diagnostics);
        }
    }

    /// <summary>The outermost loop of the function; outside of a loop, the statement that maps the handler.</summary>
    private static StatementSyntax? Anchor(SyntaxNode creation)
    {
        StatementSyntax? loop = null;
        foreach (SyntaxNode ancestor in creation.Ancestors())
        {
            switch (ancestor)
            {
                case CommonForEachStatementSyntax or ForStatementSyntax or WhileStatementSyntax or DoStatementSyntax:
                    loop = (StatementSyntax)ancestor;
                    break;
                case AnonymousFunctionExpressionSyntax when loop is null:
                    return ancestor.FirstAncestorOrSelf<StatementSyntax>();
                case AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or MemberDeclarationSyntax and not GlobalStatementSyntax:
                    return loop;
            }
        }

        return loop;
    }

    private static bool UsesLocalsOf(BaseObjectCreationExpressionSyntax creation, StatementSyntax anchor, SemanticModel model, CancellationToken cancellationToken) =>
        creation.DescendantNodes().OfType<IdentifierNameSyntax>()
            .Select(name => model.GetSymbolInfo(name, cancellationToken).Symbol)
            .Where(symbol => symbol is ILocalSymbol or IParameterSymbol)
            .SelectMany(symbol => symbol!.DeclaringSyntaxReferences)
            .Any(reference => anchor.Span.Contains(reference.Span));
}

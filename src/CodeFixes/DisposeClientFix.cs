using System.Collections.Immutable;
using System.Composition;
using EdgeBuild.Contracts;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace EdgeBuild.CodeFixes;

/// <summary>Declares a client with <c>using</c>.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(DisposeClientFix))]
[Shared]
public sealed class DisposeClientFix : CodeFixProvider
{
    private const string Title = "Dispose the client with 'using'";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [ErrorCodes.ClientNotDisposed];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        SyntaxNode root = (await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false))!;
        if (root.FindNode(context.Span, getInnermostNodeForTie: true) is not BaseObjectCreationExpressionSyntax creation)
        {
            return;
        }

        if (ClientVariable.Declaration(creation) is { } declaration)
        {
            Register(context, _ => Task.FromResult(context.Document.WithSyntaxRoot(root.ReplaceNode(declaration, WithUsing(declaration)))));
        }
        else if (creation.FirstAncestorOrSelf<StatementSyntax>() is { } statement && ClientVariable.CanInsertBefore(statement))
        {
            Register(context, cancellationToken => ClientVariable.MoveBeforeAsync(context.Document, creation, statement, cancellationToken));
        }
    }

    private static void Register(CodeFixContext context, Func<CancellationToken, Task<Document>> fix) =>
        context.RegisterCodeFix(CodeAction.Create(Title, fix, nameof(DisposeClientFix)), context.Diagnostics);

    private static LocalDeclarationStatementSyntax WithUsing(LocalDeclarationStatementSyntax declaration) => declaration
        .WithoutLeadingTrivia()
        .WithUsingKeyword(SyntaxFactory.Token(declaration.GetLeadingTrivia(), SyntaxKind.UsingKeyword, SyntaxFactory.TriviaList(SyntaxFactory.Space)));
}

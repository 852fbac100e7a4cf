using System.Collections.Immutable;
using System.Composition;
using EdgeBuild.Contracts;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Editing;
using Microsoft.CodeAnalysis.Simplification;

namespace EdgeBuild.CodeFixes;

/// <summary>Awaits a call instead of waiting for it, and makes the method around it <c>async</c> where that is still to be done.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(AwaitCallFix))]
[Shared]
public sealed class AwaitCallFix : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [ErrorCodes.BlockingCall];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        SyntaxNode root = (await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false))!;
        SemanticModel model = (await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false))!;
        if (root.FindNode(context.Span, getInnermostNodeForTie: true) is not ExpressionSyntax waiting || Awaited(waiting) is not { } call)
        {
            return;
        }

        SyntaxNode? function = AsyncFunction.Around(waiting);
        if (function is null || AsyncFunction.IsAsync(function))
        {
            Register(context, "Await the call", waiting, call, null);
        }
        else if (AsyncFunction.CanBecomeAsync(function, model, context.CancellationToken))
        {
            Register(context, "Await the call and make the method async", waiting, call, function);
        }
    }

    private static void Register(CodeFixContext context, string title, ExpressionSyntax waiting, ExpressionSyntax call, SyntaxNode? function) => context.RegisterCodeFix(
        CodeAction.Create(title, cancellationToken => FixAsync(context.Document, waiting, call, function, cancellationToken), nameof(AwaitCallFix)),
        context.Diagnostics);

    private static async Task<Document> FixAsync(Document document, ExpressionSyntax waiting, ExpressionSyntax call, SyntaxNode? function, CancellationToken cancellationToken)
    {
        DocumentEditor editor = await DocumentEditor.CreateAsync(document, cancellationToken).ConfigureAwait(false);
        ExpressionSyntax awaited = SyntaxFactory.AwaitExpression(SyntaxFactory.Token(SyntaxKind.AwaitKeyword).WithTrailingTrivia(SyntaxFactory.Space), call.WithoutTrivia());
        ExpressionSyntax replacement = waiting.Parent is ExpressionStatementSyntax or EqualsValueClauseSyntax or ReturnStatementSyntax or ArgumentSyntax or ArrowExpressionClauseSyntax
            ? awaited
            : SyntaxFactory.ParenthesizedExpression(awaited).WithAdditionalAnnotations(Simplifier.Annotation);
        editor.ReplaceNode(waiting, replacement.WithTriviaFrom(waiting));
        if (function is not null)
        {
            AsyncFunction.MakeAsync(editor, function);
        }

        return editor.GetChangedDocument();
    }

    /// <summary>The call in front of <c>.Result</c>, <c>.Wait()</c> or <c>.GetAwaiter().GetResult()</c>.</summary>
    private static ExpressionSyntax? Awaited(ExpressionSyntax waiting)
    {
        ExpressionSyntax? task = waiting switch
        {
            MemberAccessExpressionSyntax { Name.Identifier.Text: "Result" } result => result.Expression,
            InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.Text: "Wait" } wait } => wait.Expression,
            InvocationExpressionSyntax
            {
                Expression: MemberAccessExpressionSyntax
                {
                    Name.Identifier.Text: "GetResult",
                    Expression: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.Text: "GetAwaiter" } awaiter },
                },
            } => awaiter.Expression,
            _ => null,
        };

        // A task was only needed to wait for it.
        return task is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.Text: "AsTask" } conversion } ? conversion.Expression : task;
    }
}

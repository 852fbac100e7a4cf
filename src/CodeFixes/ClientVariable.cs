using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Editing;
using Microsoft.CodeAnalysis.Formatting;

namespace EdgeBuild.CodeFixes;

/// <summary>The local variable that holds a client.</summary>
internal static class ClientVariable
{
    /// <summary>The declaration whose only variable a new client is; null when it is used in another way.</summary>
    public static LocalDeclarationStatementSyntax? Declaration(ExpressionSyntax creation) =>
        creation.Parent is EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax { Parent: VariableDeclarationSyntax { Variables.Count: 1, Parent: LocalDeclarationStatementSyntax declaration } } }
            ? declaration
            : null;

    /// <summary>Whether a statement can get another one before it.</summary>
    public static bool CanInsertBefore(StatementSyntax statement) => statement.Parent is BlockSyntax or GlobalStatementSyntax;

    /// <summary>Makes a client before a statement, with <c>using</c>, and uses it where it was made until now.</summary>
    public static async Task<Document> MoveBeforeAsync(Document document, ExpressionSyntax creation, StatementSyntax statement, CancellationToken cancellationToken)
    {
        DocumentEditor editor = await DocumentEditor.CreateAsync(document, cancellationToken).ConfigureAwait(false);
        LocalDeclarationStatementSyntax? declaration = Declaration(creation);
        string name = declaration?.Declaration.Variables[0].Identifier.Text ?? FreeName(editor.SemanticModel, creation, cancellationToken);
        TypeSyntax type = declaration?.Declaration.Type.WithoutTrivia() ?? SyntaxFactory.IdentifierName("var");
        StatementSyntax client = SyntaxFactory.LocalDeclarationStatement(
                default,
                SyntaxFactory.Token(SyntaxKind.UsingKeyword),
                default,
                SyntaxFactory.VariableDeclaration(type, SyntaxFactory.SingletonSeparatedList(
                    SyntaxFactory.VariableDeclarator(name).WithInitializer(SyntaxFactory.EqualsValueClause(creation.WithoutTrivia())))),
                SyntaxFactory.Token(SyntaxKind.SemicolonToken))
            .NormalizeWhitespace()
            .WithTrailingTrivia(LineEnd(statement))
            .WithAdditionalAnnotations(Formatter.Annotation);
        if (declaration is not null)
        {
            editor.RemoveNode(declaration.Parent is GlobalStatementSyntax ? declaration.Parent : declaration, SyntaxRemoveOptions.KeepNoTrivia);
        }
        else
        {
            editor.ReplaceNode(creation, SyntaxFactory.IdentifierName(name).WithTriviaFrom(creation));
        }

        SyntaxNode place = statement.Parent is GlobalStatementSyntax global ? global : statement;
        editor.InsertBefore(place, place is GlobalStatementSyntax ? SyntaxFactory.GlobalStatement(client) : client);
        return editor.GetChangedDocument();
    }

    /// <summary>The line end that the file uses.</summary>
    private static SyntaxTrivia LineEnd(SyntaxNode node)
    {
        SyntaxTrivia used = node.SyntaxTree.GetRoot().DescendantTrivia().FirstOrDefault(trivia => trivia.IsKind(SyntaxKind.EndOfLineTrivia));
        return used.IsKind(SyntaxKind.EndOfLineTrivia) ? SyntaxFactory.EndOfLine(used.ToString()) : SyntaxFactory.LineFeed;
    }

    private static string FreeName(SemanticModel model, ExpressionSyntax creation, CancellationToken cancellationToken)
    {
        string type = model.GetTypeInfo(creation, cancellationToken).Type?.Name ?? "client";
        string name = char.ToLowerInvariant(type[0]) + type.Substring(1);
        string candidate = name;
        for (int number = 2; !model.LookupSymbols(creation.SpanStart, name: candidate).IsEmpty; number++)
        {
            candidate = name + number.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        return candidate;
    }
}

using EdgeBuild.Contracts;
using Microsoft.CodeAnalysis;

namespace EdgeBuild.Generators;

/// <summary>The compiler's view of the codes that the generator reports; the texts come with each finding.</summary>
internal static class Descriptors
{
    private const string Category = "EdgeBuild";
    private const string Format = "{0}";

    private static readonly DiagnosticDescriptor _invalidProjectItem = new(
        ErrorCodes.InvalidProjectItem, "An item or property of the project is wrong or missing", Format, Category, Microsoft.CodeAnalysis.DiagnosticSeverity.Error, true, helpLinkUri: "docs/errors/EDGE0001.md");

    private static readonly DiagnosticDescriptor _duplicateItem = new(
        ErrorCodes.DuplicateItem, "Two items have the same name", Format, Category, Microsoft.CodeAnalysis.DiagnosticSeverity.Error, true, helpLinkUri: "docs/errors/EDGE0003.md");

    private static readonly DiagnosticDescriptor _invalidLockFile = new(
        ErrorCodes.InvalidLockFile, "edgebuild.lock.json cannot be read", Format, Category, Microsoft.CodeAnalysis.DiagnosticSeverity.Error, true, helpLinkUri: "docs/errors/EDGE0006.md");

    private static readonly DiagnosticDescriptor _invalidFrontMatter = new(
        ErrorCodes.InvalidFrontMatter, "The front matter of a prompt file is not in the supported subset", Format, Category, Microsoft.CodeAnalysis.DiagnosticSeverity.Error, true, helpLinkUri: "docs/errors/EDGE1001.md");

    private static readonly DiagnosticDescriptor _promptyVersion1 = new(
        ErrorCodes.PromptyVersion1, "The prompt file is in the Prompty v1 format", Format, Category, Microsoft.CodeAnalysis.DiagnosticSeverity.Error, true, helpLinkUri: "docs/errors/EDGE1002.md");

    private static readonly DiagnosticDescriptor _invalidPromptBody = new(
        ErrorCodes.InvalidPromptBody, "The body of a prompt file is malformed", Format, Category, Microsoft.CodeAnalysis.DiagnosticSeverity.Error, true, helpLinkUri: "docs/errors/EDGE1003.md");

    private static readonly DiagnosticDescriptor _unknownPlaceholder = new(
        ErrorCodes.UnknownPlaceholder, "A placeholder names no input", Format, Category, Microsoft.CodeAnalysis.DiagnosticSeverity.Error, true, helpLinkUri: "docs/errors/EDGE1004.md");

    private static readonly DiagnosticDescriptor _unusedInput = new(
        ErrorCodes.UnusedInput, "An input is never used in the body", Format, Category, Microsoft.CodeAnalysis.DiagnosticSeverity.Warning, true, helpLinkUri: "docs/errors/EDGE1005.md");

    private static readonly DiagnosticDescriptor _nearRoleMarker = new(
        ErrorCodes.NearRoleMarker, "A role marker is almost right", Format, Category, Microsoft.CodeAnalysis.DiagnosticSeverity.Warning, true, helpLinkUri: "docs/errors/EDGE1006.md");

    private static readonly DiagnosticDescriptor _unsupportedKind = new(
        ErrorCodes.UnsupportedKind, "A kind of input or output is not supported", Format, Category, Microsoft.CodeAnalysis.DiagnosticSeverity.Error, true, helpLinkUri: "docs/errors/EDGE1007.md");

    private static readonly DiagnosticDescriptor _duplicateLabel = new(
        ErrorCodes.DuplicateLabel, "Two labels are equal", Format, Category, Microsoft.CodeAnalysis.DiagnosticSeverity.Error, true, helpLinkUri: "docs/errors/EDGE1008.md");

    private static readonly DiagnosticDescriptor _duplicateName = new(
        ErrorCodes.DuplicateName, "A name appears twice in the front matter", Format, Category, Microsoft.CodeAnalysis.DiagnosticSeverity.Error, true, helpLinkUri: "docs/errors/EDGE1009.md");

    private static readonly DiagnosticDescriptor _labelsUnknown = new(
        ErrorCodes.LabelsUnknown, "An output has no labels yet", Format, Category, Microsoft.CodeAnalysis.DiagnosticSeverity.Warning, true, helpLinkUri: "docs/errors/EDGE1010.md");

    private static readonly DiagnosticDescriptor _labelNameClash = new(
        ErrorCodes.LabelNameClash, "Two labels give the same C# name", Format, Category, Microsoft.CodeAnalysis.DiagnosticSeverity.Warning, true, helpLinkUri: "docs/errors/EDGE1020.md");

    private static readonly DiagnosticDescriptor _staleLock = new(
        ErrorCodes.StaleLock, "The lock file was written for another version of the prompt", Format, Category, Microsoft.CodeAnalysis.DiagnosticSeverity.Warning, true, helpLinkUri: "docs/errors/EDGE1030.md");

    private static readonly DiagnosticDescriptor _wrongValueType = new(
        ErrorCodes.WrongValueType, "A value has the wrong type", Format, Category, Microsoft.CodeAnalysis.DiagnosticSeverity.Error, true, helpLinkUri: "docs/errors/EDGE1104.md");

    private static readonly DiagnosticDescriptor _unknownLabel = new(
        ErrorCodes.UnknownLabel, "A value is not one of the labels", Format, Category, Microsoft.CodeAnalysis.DiagnosticSeverity.Error, true, helpLinkUri: "docs/errors/EDGE1105.md");

    /// <summary>Gets every descriptor.</summary>
    public static IReadOnlyDictionary<string, DiagnosticDescriptor> ByCode { get; } = new[]
    {
        _invalidProjectItem, _duplicateItem, _invalidLockFile, _invalidFrontMatter, _promptyVersion1, _invalidPromptBody, _unknownPlaceholder,
        _unusedInput, _nearRoleMarker, _unsupportedKind, _duplicateLabel, _duplicateName, _labelsUnknown, _labelNameClash,
        _staleLock, _wrongValueType, _unknownLabel,
    }.ToDictionary(descriptor => descriptor.Id, StringComparer.Ordinal);
}

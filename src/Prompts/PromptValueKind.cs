using System.Diagnostics.CodeAnalysis;

namespace EdgeBuild.Prompts;

/// <summary>The kind of an input or output, as written after <c>kind:</c>.</summary>
[SuppressMessage("Naming", "CA1720:Identifier contains type name", Justification = "These are the names of the Prompty format.")]
public enum PromptValueKind
{
    /// <summary><c>string</c>.</summary>
    String,

    /// <summary><c>integer</c>.</summary>
    Integer,

    /// <summary><c>float</c>.</summary>
    Float,

    /// <summary><c>boolean</c>.</summary>
    Boolean,

    /// <summary><c>array</c>, with <c>items</c>.</summary>
    Array,

    /// <summary><c>object</c>, with <c>properties</c>.</summary>
    Object,
}

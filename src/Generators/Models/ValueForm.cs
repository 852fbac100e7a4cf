namespace EdgeBuild.Generators.Models;

/// <summary>What a value is in C#.</summary>
internal enum ValueForm
{
    /// <summary>A string.</summary>
    Text,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>A number.</summary>
    Number,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>A value of a generated enum.</summary>
    Label,

    /// <summary>A list.</summary>
    List,

    /// <summary>A generated record.</summary>
    Record,

    /// <summary>The call of one of the prompt's tools.</summary>
    Call,
}

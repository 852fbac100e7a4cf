namespace EdgeBuild.Worker.Evaluation;

/// <summary>What an output is, which says how an answer is compared with the row.</summary>
public enum OutputKind
{
    /// <summary>One of a closed set: right or wrong.</summary>
    Label,

    /// <summary>A number: right or wrong.</summary>
    Value,

    /// <summary>Free text: exact, and how much it overlaps (ROUGE-L, chrF).</summary>
    Text,

    /// <summary>An array or object: exact, and field by field.</summary>
    Record,

    /// <summary>A call of a function: exact, and the function alone.</summary>
    Call,
}

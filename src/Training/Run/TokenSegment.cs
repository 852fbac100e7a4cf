namespace EdgeBuild.Training;

/// <summary>Consecutive rows of a batch that belong to one text.</summary>
/// <param name="Start">The first row.</param>
/// <param name="Length">The number of rows.</param>
/// <param name="PrefixLength">How many of the batch's first rows come before it in the same text; they are at positions 0 and up.</param>
internal readonly record struct TokenSegment(int Start, int Length, int PrefixLength);

namespace EdgeBuild.Training;

/// <summary>A <see cref="LabelTarget"/> of a batch.</summary>
/// <param name="Head">The index of the head.</param>
/// <param name="Output">The index into <see cref="TokenBatch.OutputRows"/> of the row that the head reads.</param>
/// <param name="Label">The index of the label.</param>
/// <param name="Weight">Its weight in the loss.</param>
/// <param name="Example">The index of its example.</param>
internal readonly record struct BatchLabel(int Head, int Output, int Label, float Weight, int Example);

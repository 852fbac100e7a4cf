namespace EdgeBuild.Training;

/// <summary>What a <see cref="LabelHead"/> shall answer for a row.</summary>
/// <param name="Head">The index of the head among those of the adapter.</param>
/// <param name="CompletionToken">The index of the completion token with which the value begins: the head reads the hidden state before it.</param>
/// <param name="Label">The index of the label.</param>
public readonly record struct LabelTarget(int Head, int CompletionToken, int Label);

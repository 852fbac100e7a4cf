namespace EdgeBuild.Runtime;

/// <summary>The memory that a model takes.</summary>
/// <param name="Weights">The bytes of the model's weights.</param>
/// <param name="ProcessBefore">The bytes of the process in physical memory before the model was loaded.</param>
/// <param name="ProcessAfter">The bytes of the process in physical memory now. Weights of a mapped file come into it when they are used first.</param>
public readonly record struct EdgeModelMemory(long Weights, long ProcessBefore, long ProcessAfter);

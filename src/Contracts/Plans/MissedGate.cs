namespace EdgeBuild.Contracts.Plans;

/// <summary>A gate that a figure does not reach.</summary>
/// <param name="Gate">The gate's name, for example <c>MinAccuracy</c>.</param>
/// <param name="Figure">What was measured, for example <c>macro F1</c>.</param>
/// <param name="Measured">Its value.</param>
/// <param name="Asked">What the gate asks for.</param>
public sealed record MissedGate(string Gate, string Figure, double Measured, double Asked);

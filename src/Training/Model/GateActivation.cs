namespace EdgeBuild.Training;

/// <summary>The function of the gate in the feed-forward part.</summary>
internal enum GateActivation
{
    /// <summary>x · σ(x).</summary>
    Silu,

    /// <summary>GELU in its tanh form.</summary>
    GeluTanh,
}

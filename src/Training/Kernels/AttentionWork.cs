namespace EdgeBuild.Training;

/// <summary>Buffers for a block of queries in the backward step of attention.</summary>
/// <param name="queries">Scaled queries, [rows, padded head length].</param>
/// <param name="outputGradients">dO, alike.</param>
/// <param name="results">O first, then dQ, alike.</param>
/// <param name="weights">P, [rows, padded keys].</param>
/// <param name="scoreGradients">dO Vᵀ first, then dS, alike.</param>
/// <param name="inner">Σ dO · O of each row.</param>
internal readonly unsafe ref struct AttentionWork(
    float* queries, float* outputGradients, float* results, float* weights, float* scoreGradients, float* inner)
{
    public float* Queries { get; } = queries;

    public float* OutputGradients { get; } = outputGradients;

    public float* Results { get; } = results;

    public float* Weights { get; } = weights;

    public float* ScoreGradients { get; } = scoreGradients;

    public float* Inner { get; } = inner;
}

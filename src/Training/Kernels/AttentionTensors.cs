namespace EdgeBuild.Training;

/// <summary>What the backward step of attention reads and writes; see <see cref="LayerKernels.AttendBackward"/>.</summary>
/// <param name="Query">[queries, heads · head length], as forward.</param>
/// <param name="Key">[rows, key heads · head length], as forward.</param>
/// <param name="Value">As forward.</param>
/// <param name="Output">The result of the forward step.</param>
/// <param name="LogSums">That of the forward step.</param>
/// <param name="OutputGradient">[queries, heads · head length].</param>
/// <param name="QueryGradient">Receives the gradient of the queries.</param>
/// <param name="KeyGradient">Receives the gradient of the keys.</param>
/// <param name="ValueGradient">Receives the gradient of the values.</param>
internal sealed record AttentionTensors(
    Matrix Query,
    Matrix Key,
    Matrix Value,
    Matrix Output,
    Matrix LogSums,
    Matrix OutputGradient,
    Matrix QueryGradient,
    Matrix KeyGradient,
    Matrix ValueGradient);

namespace EdgeBuild.Training;

/// <summary>What the backward step of attention reads and writes; see <see cref="LayerKernels.AttendBackward"/>.</summary>
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

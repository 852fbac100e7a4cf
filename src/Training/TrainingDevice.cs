namespace EdgeBuild.Training;

/// <summary>Where the tensors live.</summary>
public enum TrainingDevice
{
    /// <summary>A CUDA device when libtorch sees one, else the processor.</summary>
    Auto = 0,

    /// <summary>The processor.</summary>
    Cpu = 1,

    /// <summary>A CUDA device; needs libtorch's CUDA files (see <c>EDGEBUILD_LIBTORCH</c>).</summary>
    Cuda = 2,
}

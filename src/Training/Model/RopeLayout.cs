namespace EdgeBuild.Training;

/// <summary>Which values of a head a rotation pairs.</summary>
internal enum RopeLayout
{
    /// <summary>(2j, 2j + 1); llama.cpp's NORM.</summary>
    AdjacentPairs,

    /// <summary>(j, j + n/2); llama.cpp's NEOX.</summary>
    HalfPairs,
}

namespace EdgeBuild.Contracts.Plans;

/// <summary>The values of <c>Quantization</c> that are no types of llama.cpp, and what the names of types say.</summary>
public static class QuantizationNames
{
    /// <summary>The type of every tensor of the base.</summary>
    public const string Base = "Base";

    /// <summary>The smallest type whose loss the gate allows.</summary>
    public const string Auto = "Auto";

    private static readonly string[] _fineTypes = ["F32", "F16", "BF16", "Q8_0", Base];

    /// <summary>Tells whether the build chooses the type.</summary>
    /// <param name="quantization">The quantization.</param>
    /// <returns>Whether it is <c>Auto</c>.</returns>
    public static bool IsAuto(string quantization) => string.Equals(quantization, Auto, StringComparison.OrdinalIgnoreCase);

    /// <summary>Tells whether the file keeps the type of every tensor of the base.</summary>
    /// <param name="quantization">The quantization.</param>
    /// <returns>Whether it is <c>Base</c>.</returns>
    public static bool KeepsBase(string quantization) => string.Equals(quantization, Base, StringComparison.OrdinalIgnoreCase);

    /// <summary>Tells whether rounding to a type is better when the importance of the inputs is known.</summary>
    /// <param name="quantization">The quantization.</param>
    /// <returns>False for types of 8 bits and more, and for <c>Base</c>, which keeps to the base's own rounding.</returns>
    public static bool UsesImportance(string quantization) => !_fineTypes.Contains(quantization, StringComparer.OrdinalIgnoreCase);
}

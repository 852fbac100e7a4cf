using System.Globalization;
using EdgeBuild.LlamaCpp;

namespace EdgeBuild.Worker.Pipeline;

/// <summary>What a quantization has made.</summary>
/// <param name="Quantization">The name of the quantization; never <c>Auto</c>.</param>
/// <param name="Types">The types that the tensors really have, the largest share first.</param>
/// <param name="FallbackTensors">The number of tensors whose rows do not fit the blocks of the type, so that they have another one.</param>
/// <param name="RoundingError">The root mean square of what rounding changed, as a share of that of the weights; 0 when nothing was rounded.</param>
/// <param name="QuantizedBase">The types of the base when it was quantized already, else empty: its rounding is in the weights before the training.</param>
public sealed record QuantizedFile(
    string Quantization, IReadOnlyList<QuantizedFile.TypeShare> Types, int FallbackTensors, double RoundingError, string QuantizedBase)
{
    /// <summary>Describes the file for the report and the manifest.</summary>
    /// <returns>For example <c>Q4_K_M: Q5_0 43.2 MB, Q8_0 30.1 MB, …</c>.</returns>
    public string Describe()
    {
        string types = string.Join(", ", Types.Select(share => string.Create(CultureInfo.InvariantCulture, $"{share.Type} {share.Bytes / 1e6:0.0} MB in {share.Tensors} tensors")));
        string fallback = FallbackTensors > 0 ? $". The rows of {FallbackTensors} tensors do not fit the blocks of the type, so they have a larger one" : string.Empty;
        string error = RoundingError > 0 ? string.Create(CultureInfo.InvariantCulture, $". Rounding changed the weights by {RoundingError:P1} (root mean square)") : string.Empty;
        string twice = QuantizedBase.Length > 0 ? $". The base was quantized already ({QuantizedBase}): its weights were rounded twice" : string.Empty;
        return $"{Quantization}: {types}{fallback}{error}{twice}.";
    }

    /// <summary>The tensors of one type.</summary>
    /// <param name="Type">The type's name.</param>
    /// <param name="Tensors">The number of tensors.</param>
    /// <param name="Bytes">Their size.</param>
    public sealed record TypeShare(string Type, int Tensors, long Bytes)
    {
        /// <summary>Counts the tensors of a file.</summary>
        /// <param name="file">The file.</param>
        /// <returns>The types, the largest share first.</returns>
        public static IReadOnlyList<TypeShare> Of(GgufFile file) =>
        [
            .. file.Tensors.GroupBy(tensor => tensor.Type)
                .Select(group => new TypeShare(GgmlTypes.Name(group.Key), group.Count(), group.Sum(tensor => tensor.ByteCount)))
                .OrderByDescending(share => share.Bytes),
        ];
    }
}

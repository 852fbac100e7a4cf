using System.Text.RegularExpressions;
using EdgeBuild.Contracts;
using EdgeBuild.LlamaCpp.Native;
using EdgeBuild.Runtime;

namespace EdgeBuild.LlamaCpp;

/// <summary>
/// Which type each tensor of a model gets in a quantization: llama.cpp's own choice, with its mix of types and its fallbacks for rows that do not
/// fit a type's blocks. It is asked by a dry run of its quantizer, which computes nothing; the choice stands in its log alone
/// (<c>llama_model_quantize_impl</c> of src/llama-quant.cpp).
/// </summary>
public static unsafe partial class QuantizationTypes
{
    /// <summary>Asks llama.cpp.</summary>
    /// <param name="modelPath">A model of any types; names and shapes of its tensors count.</param>
    /// <param name="fileType">A name of <see cref="ModelQuantizer.FileTypes"/>.</param>
    /// <param name="withImportance">Whether there is an importance matrix, which changes the mix.</param>
    /// <returns>The type of every tensor by its name.</returns>
    /// <exception cref="EdgeModelException">EDGE3004: the name is unknown. EDGE3001: llama.cpp fails. EDGE4001: the file is damaged.</exception>
    public static IReadOnlyDictionary<string, GgmlType> Of(string modelPath, string fileType, bool withImportance = false)
    {
        int number = ModelQuantizer.FileTypeNumber(fileType);
        GgufValidator.Validate(modelPath, requireSupportedArchitecture: true);
        NativeLibraries.EnsureLoaded();
        string log = DryRun(modelPath, number, withImportance);
        Dictionary<string, GgmlType> types = new(StringComparer.Ordinal);
        foreach (Match line in TensorLine().Matches(log))
        {
            string type = line.Groups["to"].Success ? line.Groups["to"].Value : line.Groups["from"].Value;
            types[line.Groups["name"].Value] = Enum.Parse<GgmlType>(type, ignoreCase: true);
        }

        using GgufFile file = GgufFile.Open(modelPath, validate: false);
        return file.Tensors.All(tensor => types.ContainsKey(tensor.Name))
            ? types
            : throw new EdgeModelException(
                ErrorCodes.QuantizationFailed, $"llama.cpp does not say how it quantizes the model to {fileType}.{NativeLog.FirstError()} Choose another Quantization.", modelPath);
    }

    private static string DryRun(string modelPath, int fileType, bool withImportance)
    {
        LlamaModelQuantizeParams parameters = LlamaNative.llama_model_quantize_default_params();
        parameters.FileType = fileType;
        parameters.AllowRequantize = 1;
        parameters.DryRun = 1;

        // llama_model_imatrix_data: only whether there are entries changes the types. An entry without a name ends the list.
        fixed (byte* name = "none\0"u8)
        {
            float value = 1;
            nint* entries = stackalloc nint[6] { (nint)name, (nint)(&value), 1, 0, 0, 0 };
            parameters.ImportanceMatrix = withImportance ? (nint)entries : 0;
            NativeLog.ClearFirstError();
            using NativeLog.Recording recording = NativeLog.Record();
            return LlamaNative.llama_model_quantize(modelPath, string.Empty, &parameters) == 0
                ? recording.Text
                : throw new EdgeModelException(
                    ErrorCodes.QuantizationFailed, $"The model cannot be quantized.{NativeLog.FirstError()} Choose another base or another Quantization.", modelPath);
        }
    }

    // "[   3/ 272] blk.0.attn_q.weight - [  576,   576,     1,     1], type =   q4_1, size = 0.20 MiB -> 0.17 MiB (q4_0)". A warning about a fallback
    // may stand before it.
    [GeneratedRegex(@"\[\s*\d+/\s*\d+\]\s+(?<name>\S+)\s+-\s+\[[^\]]*\],\s+type\s*=\s*(?<from>\w+),\s+size\s*=\s*[\d.]+\s+MiB(?:\s+->\s+[\d.]+\s+MiB\s+\((?<to>\w+)\))?", RegexOptions.CultureInvariant)]
    private static partial Regex TensorLine();
}

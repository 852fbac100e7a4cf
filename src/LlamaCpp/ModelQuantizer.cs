using EdgeBuild.Contracts;
using EdgeBuild.LlamaCpp.Native;
using EdgeBuild.Runtime;

namespace EdgeBuild.LlamaCpp;

/// <summary>Quantizes whole models as llama.cpp's <c>llama-quantize</c> does (<c>llama_model_quantize</c>).</summary>
public static unsafe class ModelQuantizer
{
    /// <summary>Names of llama-quantize and their numbers, <c>llama_ftype</c> of llama.h; those that need an importance matrix are left out.</summary>
    private static readonly Dictionary<string, int> _fileTypes = new(StringComparer.OrdinalIgnoreCase)
    {
        ["F32"] = 0,
        ["F16"] = 1,
        ["Q4_0"] = 2,
        ["Q4_1"] = 3,
        ["Q8_0"] = 7,
        ["Q5_0"] = 8,
        ["Q5_1"] = 9,
        ["Q2_K"] = 10,
        ["Q3_K_S"] = 11,
        ["Q3_K_M"] = 12,
        ["Q3_K_L"] = 13,
        ["Q4_K_S"] = 14,
        ["Q4_K_M"] = 15,
        ["Q5_K_S"] = 16,
        ["Q5_K_M"] = 17,
        ["Q6_K"] = 18,
        ["IQ4_NL"] = 25,
        ["IQ3_S"] = 26,
        ["IQ3_M"] = 27,
        ["IQ4_XS"] = 30,
        ["BF16"] = 32,
    };

    /// <summary>Gets the names that <see cref="Quantize"/> takes.</summary>
    public static IReadOnlyCollection<string> FileTypes => _fileTypes.Keys;

    /// <summary>Whether <see cref="Quantize"/> takes a name.</summary>
    /// <param name="fileType">The name, for example <c>Q4_K_M</c>.</param>
    /// <returns>True for the names of <see cref="FileTypes"/>, in any case of letters.</returns>
    public static bool IsFileType(string fileType) => _fileTypes.ContainsKey(fileType);

    /// <summary>The number that files carry as <c>general.file_type</c>.</summary>
    /// <param name="fileType">A name of <see cref="FileTypes"/>.</param>
    /// <returns>A value of <c>llama_ftype</c>.</returns>
    /// <exception cref="EdgeModelException">EDGE3004: the name is unknown.</exception>
    public static int FileTypeNumber(string fileType) => _fileTypes.TryGetValue(fileType, out int number)
        ? number
        : throw new EdgeModelException(
            ErrorCodes.UnknownQuantization, $"The quantization '{fileType}' is unknown. Use one of these: {string.Join(", ", _fileTypes.Keys)}.");

    /// <summary>Quantizes a model. llama.cpp cannot be stopped while it works.</summary>
    /// <param name="inputPath">The model.</param>
    /// <param name="outputPath">The file to write; it appears when it is complete.</param>
    /// <param name="fileType">A name of <see cref="FileTypes"/>.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <returns>The type that each tensor really has; llama.cpp takes another than asked for when rows do not fit its blocks.</returns>
    /// <exception cref="EdgeModelException">
    /// EDGE3004: the name is unknown. EDGE3001: llama.cpp fails, for example on a model that is quantized already. EDGE4001: the input is damaged.
    /// </exception>
    public static IReadOnlyDictionary<string, GgmlType> Quantize(
        string inputPath, string outputPath, string fileType, ModelQuantizationOptions? options = null)
    {
        int number = FileTypeNumber(fileType);
        options ??= new ModelQuantizationOptions();
        GgufValidator.Validate(inputPath, requireSupportedArchitecture: true);
        NativeLibraries.EnsureLoaded();
        string fullPath = Path.GetFullPath(outputPath);
        string temporary = Path.Combine(Path.GetDirectoryName(fullPath)!, $".tmp-{Guid.NewGuid():N}.gguf");
        try
        {
            LlamaModelQuantizeParams parameters = LlamaNative.llama_model_quantize_default_params();
            parameters.ThreadCount = options.ThreadCount;
            parameters.FileType = number;
            parameters.AllowRequantize = options.AllowRequantize ? (byte)1 : (byte)0;
            parameters.Pure = options.Pure ? (byte)1 : (byte)0;
            NativeLog.ClearFirstError();
            if (LlamaNative.llama_model_quantize(inputPath, temporary, &parameters) != 0)
            {
                throw new EdgeModelException(
                    ErrorCodes.QuantizationFailed,
                    $"The model could not be quantized to {fileType}.{NativeLog.FirstError()} Start from an F16, BF16 or F32 file, and check the free disk space.",
                    inputPath);
            }

            Dictionary<string, GgmlType> types;
            using (GgufFile result = GgufFile.Open(temporary))
            {
                types = result.Tensors.ToDictionary(tensor => tensor.Name, tensor => tensor.Type, StringComparer.Ordinal);
            }

            using (FileStream stream = new(temporary, FileMode.Open, FileAccess.ReadWrite))
            {
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, fullPath, overwrite: true);
            return types;
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}

using EdgeBuild.Contracts;
using EdgeBuild.LlamaCpp;

using Microsoft.Extensions.Logging;

namespace EdgeBuild.Runtime;

/// <summary>Loads a model file after looking at it: native code ends the process on some damaged files.</summary>
internal static partial class ModelFile
{
    /// <summary>Checks a file and loads it.</summary>
    /// <param name="path">The model file.</param>
    /// <param name="expected">The file's entry in the manifest, or null when there is none.</param>
    /// <param name="options">Whether the SHA-256 is compared, else the structure of the file is validated; and what computes.</param>
    /// <param name="logger">The log.</param>
    /// <returns>The model with its label heads.</returns>
    /// <exception cref="EdgeModelException">
    /// EDGE3003: the file is missing, or not that of the manifest; EDGE4001: it is damaged; EDGE4002: it cannot be run;
    /// EDGE4005: the natives are missing.
    /// </exception>
    public static (LlamaModel Model, IReadOnlyList<LabelHeadValues> Heads) Load(string path, EdgeManifestFile? expected, EdgeClientOptions options, ILogger logger)
    {
        try
        {
            return Read(path, expected, options, logger);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new EdgeModelException(
                ErrorCodes.ArtifactInvalid, $"The model file cannot be read: {exception.Message} Check its permissions, and that no other program writes it.", path, innerException: exception);
        }
    }

    private static (LlamaModel Model, IReadOnlyList<LabelHeadValues> Heads) Read(string path, EdgeManifestFile? expected, EdgeClientOptions options, ILogger logger)
    {
        if (!File.Exists(path))
        {
            throw new EdgeModelException(
                ErrorCodes.ArtifactInvalid,
                "The model file is missing. Build the project so that the model is copied beside the app, and deploy the edge folder with the app.",
                path);
        }

        bool verified = options.VerifyHashes && expected is not null;
        if (verified)
        {
            Verify(path, expected!, options.Proofs, logger);
        }

        bool repacked;
        IReadOnlyList<LabelHeadValues> heads;
        using (GgufFile file = GgufFile.Open(path, validate: !verified))
        {
            repacked = RepackedWeights.AreMostOf(file);
            heads = LabelHeadMetadata.Read(file);
        }

        LlamaModel model = Load(path, repacked, GpuDevices.Find(options.Device, logger), logger);
        if (model.IsRecurrent)
        {
            model.Dispose();
            throw new EdgeModelException(
                ErrorCodes.UnsupportedArchitecture, "The model is a recurrent or hybrid one, which has no prefix that calls could share. Use a transformer model.", path);
        }

        return (model, heads);
    }

    private static LlamaModel Load(string path, bool repacked, bool onGpu, ILogger logger)
    {
        // It was validated before, or its hash is that of a file that was validated when it was built.
        var options = new LlamaModelOptions { LoadMode = repacked ? LlamaLoadMode.Read : LlamaLoadMode.Map, Validate = false };
        if (onGpu)
        {
            try
            {
                return LlamaModel.Load(path, options with { GpuLayerCount = -1, LoadMode = LlamaLoadMode.Map });
            }
            catch (EdgeModelException exception)
            {
                // Mostly its memory is too small. A damaged file fails below as well.
                GpuDevices.LogNotLoaded(logger, path, exception.Message);
            }
        }

        return LlamaModel.Load(path, options);
    }

    /// <summary>Compares a file with its entry in the manifest.</summary>
    /// <param name="path">The file.</param>
    /// <param name="expected">Its entry.</param>
    /// <param name="proofs">Remembers verified files.</param>
    /// <param name="logger">The log.</param>
    /// <exception cref="EdgeModelException">EDGE3003: it is another file.</exception>
    public static void Verify(string path, EdgeManifestFile expected, ModelFileProof proofs, ILogger logger)
    {
        long size = LinkedFile.Follow(path).Length;
        if (size != expected.Size)
        {
            throw Damaged(path, $"it has {size} bytes instead of {expected.Size}");
        }

        if (proofs.Exists(path, expected.Sha256))
        {
            return;
        }

        if (!string.Equals(FileHash.Sha256(path), expected.Sha256, StringComparison.OrdinalIgnoreCase))
        {
            throw Damaged(path, "its SHA-256 differs");
        }

        proofs.Remember(path, expected.Sha256);
        LogVerified(logger, path);
    }

    private static EdgeModelException Damaged(string path, string how) => new(
        ErrorCodes.ArtifactInvalid,
        $"The file is not the one that the manifest of the model describes: {how}. It is damaged or of another build; build the project again and deploy the whole edge folder.",
        path);

    [LoggerMessage(2, LogLevel.Debug, "Verified the SHA-256 of {Path}")]
    private static partial void LogVerified(ILogger logger, string path);
}

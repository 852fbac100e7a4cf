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
    /// <param name="verify">Whether the SHA-256 is compared; else the structure of the file is validated.</param>
    /// <param name="proofs">Remembers verified files.</param>
    /// <param name="logger">The log.</param>
    /// <returns>The model with its label heads.</returns>
    /// <exception cref="EdgeBuildException">
    /// EDGE3003: the file is missing, or not that of the manifest; EDGE4001: it is damaged; EDGE4002: it cannot be run;
    /// EDGE4005: the natives are missing.
    /// </exception>
    public static (LlamaModel Model, IReadOnlyList<LabelHeadValues> Heads) Load(string path, EdgeManifestFile? expected, bool verify, ModelFileProof proofs, ILogger logger)
    {
        try
        {
            return Read(path, expected, verify, proofs, logger);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new EdgeBuildException(
                ErrorCodes.ArtifactInvalid, $"The model file cannot be read: {exception.Message} Check its permissions, and that no other program writes it.", path, innerException: exception);
        }
    }

    private static (LlamaModel Model, IReadOnlyList<LabelHeadValues> Heads) Read(string path, EdgeManifestFile? expected, bool verify, ModelFileProof proofs, ILogger logger)
    {
        if (!File.Exists(path))
        {
            throw new EdgeBuildException(
                ErrorCodes.ArtifactInvalid,
                "The model file is missing. Build the project so that the model is copied beside the app, and deploy the edge folder with the app.",
                path);
        }

        bool verified = verify && expected is not null;
        if (verified)
        {
            Verify(path, expected!, proofs, logger);
        }

        bool repacked;
        IReadOnlyList<LabelHeadValues> heads;
        using (GgufFile file = GgufFile.Open(path, validate: !verified))
        {
            repacked = RepackedWeights.AreMostOf(file);
            heads = LabelHeadMetadata.Read(file);
        }

        LlamaModel model = LlamaModel.Load(path, new LlamaModelOptions
        {
            LoadMode = repacked ? LlamaLoadMode.Read : LlamaLoadMode.Map,

            // It was validated above, or its hash is that of a file that was validated when it was built.
            Validate = false,
        });
        if (model.IsRecurrent)
        {
            model.Dispose();
            throw new EdgeBuildException(
                ErrorCodes.UnsupportedArchitecture, "The model is a recurrent or hybrid one, which has no prefix that calls could share. Use a transformer model.", path);
        }

        return (model, heads);
    }

    /// <summary>Compares a file with its entry in the manifest.</summary>
    /// <param name="path">The file.</param>
    /// <param name="expected">Its entry.</param>
    /// <param name="proofs">Remembers verified files.</param>
    /// <param name="logger">The log.</param>
    /// <exception cref="EdgeBuildException">EDGE3003: it is another file.</exception>
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

    private static EdgeBuildException Damaged(string path, string how) => new(
        ErrorCodes.ArtifactInvalid,
        $"The file is not the one that the manifest of the model describes: {how}. It is damaged or of another build; build the project again and deploy the whole edge folder.",
        path);

    [LoggerMessage(2, LogLevel.Debug, "Verified the SHA-256 of {Path}")]
    private static partial void LogVerified(ILogger logger, string path);
}

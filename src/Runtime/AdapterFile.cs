using EdgeBuild.Contracts;
using EdgeBuild.LlamaCpp;

using Microsoft.Extensions.Logging;

namespace EdgeBuild.Runtime;

/// <summary>An adapter that a call may choose.</summary>
/// <param name="Entry">Its entry in the manifest.</param>
/// <param name="Path">Its file.</param>
/// <param name="Verify">Whether the SHA-256 of the file is compared with the manifest.</param>
/// <param name="Proofs">Remembers verified files.</param>
internal sealed record AdapterFile(EdgeManifestAdapter Entry, string Path, bool Verify, ModelFileProof Proofs)
{
    /// <summary>Gets the name.</summary>
    public string Name => Entry.Name;

    /// <summary>Gets the file's entry in the manifest.</summary>
    public EdgeManifestFile Expected => Entry.File;

    /// <summary>Finds the adapters of a model.</summary>
    /// <param name="manifest">The manifest of the model.</param>
    /// <param name="modelPath">The model file.</param>
    /// <param name="options">The options of the client.</param>
    /// <returns>The adapters by name.</returns>
    public static Dictionary<string, AdapterFile> Find(EdgeManifest manifest, string modelPath, EdgeClientOptions options)
    {
        var files = new Dictionary<string, AdapterFile>(StringComparer.Ordinal);
        string directory = options.AdapterDirectory ?? System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(modelPath))!;
        foreach (EdgeManifestAdapter adapter in manifest.Adapters)
        {
            string path = System.IO.Path.Combine(directory, adapter.File.Name);
            if (manifest.Files is [EdgeManifestFile model, ..] && !string.Equals(model.Sha256, adapter.ModelSha256, StringComparison.OrdinalIgnoreCase))
            {
                throw new EdgeModelException(
                    ErrorCodes.AdapterMismatch,
                    $"The adapter '{adapter.Name}' was trained on another model file than '{manifest.Model}' ships. Build the project again and deploy the whole edge folder.",
                    path);
            }

            files[adapter.Name] = new AdapterFile(adapter, path, options.VerifyHashes, options.Proofs);
        }

        return files;
    }

    /// <summary>Checks that the file is that of the manifest, before anything reads it.</summary>
    /// <param name="logger">The log.</param>
    /// <exception cref="EdgeModelException">EDGE3003: it is missing or another one.</exception>
    public void Check(ILogger logger)
    {
        if (!File.Exists(Path))
        {
            throw new EdgeModelException(
                ErrorCodes.ArtifactInvalid,
                $"The file of the adapter '{Name}' is missing. Build the project so that it is copied beside the app, and deploy the edge folder with the app.",
                Path);
        }

        if (Verify)
        {
            ModelFile.Verify(Path, Expected, Proofs, logger);
        }
    }

    /// <summary>Reads the label heads that were trained with the adapter; those of the model do not fit its hidden states.</summary>
    /// <returns>The heads.</returns>
    /// <exception cref="EdgeModelException">EDGE4001: the file is damaged.</exception>
    public IReadOnlyList<LabelHeadValues> ReadHeads()
    {
        using GgufFile file = GgufFile.Open(Path, validate: !Verify);
        return LabelHeadMetadata.Read(file);
    }

    /// <summary>Finds what the adapter was trained for.</summary>
    /// <param name="prompt">The model's entry of the prompt.</param>
    /// <returns>The adapter's own entry.</returns>
    /// <exception cref="EdgeModelException">EDGE3003: it was not trained for the prompt.</exception>
    public EdgeManifestPrompt FindPrompt(EdgeManifestPrompt prompt)
    {
        if (Entry.Prompts.Count == 0)
        {
            return prompt;
        }

        return Entry.Prompts.FirstOrDefault(own => own.Name == prompt.Name && string.Equals(own.Hash, prompt.Hash, StringComparison.OrdinalIgnoreCase))
            ?? throw new EdgeModelException(
                ErrorCodes.ArtifactInvalid,
                $"The adapter '{Name}' was not trained for this version of the prompt '{prompt.Name}'. Add an EdgeDataset with Adapter=\"{Name}\" and Prompt=\"{prompt.Name}\", or build the project again and deploy the whole edge folder.",
                Path);
    }
}

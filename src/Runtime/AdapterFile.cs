using EdgeBuild.Contracts;

namespace EdgeBuild.Runtime;

/// <summary>An adapter that a call may choose.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Path">Its file.</param>
/// <param name="Expected">The file's entry in the manifest.</param>
/// <param name="Verify">Whether the SHA-256 of the file is compared with the manifest.</param>
/// <param name="Proofs">Remembers verified files.</param>
internal sealed record AdapterFile(string Name, string Path, EdgeManifestFile Expected, bool Verify, ModelFileProof Proofs)
{
    /// <summary>Finds the adapters of a model.</summary>
    /// <param name="manifest">The manifest of the model.</param>
    /// <param name="modelPath">The model file.</param>
    /// <param name="options">The options of the client.</param>
    /// <returns>The adapters by name.</returns>
    public static Dictionary<string, AdapterFile> Find(EdgeManifest manifest, string modelPath, EdgeClientOptions options)
    {
        var files = new Dictionary<string, AdapterFile>(StringComparer.Ordinal);
        string directory = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(modelPath))!;
        foreach (EdgeManifestAdapter adapter in manifest.Adapters)
        {
            string path = System.IO.Path.Combine(directory, adapter.File.Name);
            if (manifest.Files is [EdgeManifestFile model, ..] && !string.Equals(model.Sha256, adapter.ModelSha256, StringComparison.OrdinalIgnoreCase))
            {
                throw new EdgeBuildException(
                    ErrorCodes.AdapterMismatch,
                    $"The adapter '{adapter.Name}' was trained on another model file than '{manifest.Model}' ships. Build the project again and deploy the whole edge folder.",
                    path);
            }

            files[adapter.Name] = new AdapterFile(adapter.Name, path, adapter.File, options.VerifyHashes, options.Proofs);
        }

        return files;
    }
}

using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Json;

namespace EdgeBuild.Tasks;

/// <summary>The files of one model with its adapters.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Files">The files.</param>
internal sealed record ModelPackageContent(string Model, IReadOnlyList<string> Files)
{
    private const double Megabyte = 1_000_000;

    /// <summary>Splits files by the models whose manifests are among them.</summary>
    public static IReadOnlyList<ModelPackageContent> Split(IReadOnlyList<string> files) =>
    [
        .. files.Where(file => file.EndsWith(ArtifactFiles.ManifestSuffix, StringComparison.Ordinal)).Select(manifest =>
        {
            string name = Path.GetFileName(manifest);
            string model = name.Substring(0, name.Length - ArtifactFiles.ManifestSuffix.Length);
            IEnumerable<string> adapters = JsonText.Parse(File.ReadAllText(manifest))["adapters"]?.Items.Select(adapter => ArtifactFiles.AdapterStem(adapter.GetString("name") ?? string.Empty)) ?? [];
            string[] stems = adapters.Prepend(model).ToArray();
            return new ModelPackageContent(model, [.. files.Where(file => stems.Any(stem => IsOf(Path.GetFileName(file), stem)))]);
        }),
    ];

    /// <summary>Adds up sizes.</summary>
    public static double Megabytes(IEnumerable<string> files) => files.Sum(file => new FileInfo(file).Length) / Megabyte;

    private static bool IsOf(string file, string stem) =>
        file == stem + ArtifactFiles.ModelSuffix || file == stem + ArtifactFiles.ManifestSuffix || file == stem + ArtifactFiles.NoticeSuffix;
}

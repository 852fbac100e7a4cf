namespace EdgeBuild.Contracts;

/// <summary>The names of the files beside the app, in the folder <c>edge</c>.</summary>
public static class ArtifactFiles
{
    /// <summary>The ending of a GGUF file.</summary>
    public const string ModelSuffix = ".gguf";

    /// <summary>The ending of a manifest, after the name of its artifact.</summary>
    public const string ManifestSuffix = ".edge.json";

    /// <summary>The ending of what the licence of the base asks for, after the name of the model.</summary>
    public const string NoticeSuffix = ".NOTICE.txt";

    /// <summary>The name of an adapter's files without their endings: <c>&lt;Adapter&gt;.lora</c>.</summary>
    /// <param name="adapter">The adapter's name.</param>
    /// <returns>The name.</returns>
    public static string AdapterStem(string adapter) => adapter + ".lora";
}

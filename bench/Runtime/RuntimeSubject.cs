using EdgeBuild.LlamaCpp;
using EdgeBuild.Runtime;

namespace EdgeBuild.Benchmarks;

/// <summary>A model to be measured: a copy with a label head, as trained models have one.</summary>
internal sealed class RuntimeSubject : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Lazy<BareModel> _bare;

    private RuntimeSubject(string name, TimeSpan soak)
    {
        Name = name;
        Soak = soak;
        Path = _folder.PathOf(name + ".gguf");
        _bare = new Lazy<BareModel>(() => new BareModel(Path));
    }

    /// <summary>Gets the name of the model.</summary>
    public string Name { get; }

    /// <summary>Gets the file.</summary>
    public string Path { get; }

    /// <summary>Gets how long the soak runs.</summary>
    public TimeSpan Soak { get; }

    /// <summary>Gets a value indicating whether the model is the one that the limits of time and memory are for.</summary>
    public bool IsSmolLM2 => Name.StartsWith("SmolLM2-135M", StringComparison.Ordinal);

    /// <summary>Gets the model as llama.cpp alone runs it.</summary>
    public BareModel Bare => _bare.Value;

    /// <summary>Makes a subject of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="soak">How long the soak runs.</param>
    /// <returns>The subject.</returns>
    public static RuntimeSubject FromFile(string path, TimeSpan soak)
    {
        var subject = new RuntimeSubject(System.IO.Path.GetFileNameWithoutExtension(path), soak);
        using GgufFile file = GgufFile.Open(path);
        using var writer = new GgufWriter(file);
        foreach (GgufTensor tensor in file.Tensors)
        {
            writer.AddTensor(tensor);
        }

        subject.Write(writer, checked((int)file.GetInteger(file.Architecture + ".embedding_length")!.Value));
        return subject;
    }

    /// <summary>Makes a subject with the shape of Qwen3-0.6B and random weights.</summary>
    /// <param name="soak">How long the soak runs.</param>
    /// <returns>The subject.</returns>
    public static RuntimeSubject Random(TimeSpan soak)
    {
        var subject = new RuntimeSubject(RandomModel.Name, soak);
        using GgufFile vocabulary = GgufFile.Open(RepositoryFolder.EmbeddedBase);
        using GgufWriter writer = RandomModel.Create(vocabulary);
        subject.Write(writer, RandomModel.Width);
        return subject;
    }

    /// <summary>Gets the path of another file beside the model.</summary>
    /// <param name="name">The name of the file.</param>
    /// <returns>The path.</returns>
    public string FileBeside(string name) => _folder.PathOf(name);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_bare.IsValueCreated)
        {
            _bare.Value.Dispose();
        }

        _folder.Dispose();
    }

    private void Write(GgufWriter writer, int width)
    {
        int labels = Banking77.Labels.Count;
        var random = new Random(77);
        float[] values = [.. Enumerable.Range(0, labels * (width + 1)).Select(_ => random.NextSingle() - 0.5f)];
        PromptDefinition prompt = RuntimePrompts.WithHead;
        LabelHeadMetadata.Write(writer, [new LabelHeadValues(LabelHeadMetadata.NameOf(prompt.Name, RuntimePrompts.LabelOutput), labels, values)]);
        writer.Write(Path);
    }
}

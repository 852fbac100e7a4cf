using System.CommandLine;
using EdgeBuild.LlamaCpp;

namespace EdgeBuild.Worker.Verbs;

/// <summary><c>edgebuild inspect FILE.gguf</c>: checks a GGUF file and prints what is in it.</summary>
internal static class InspectVerb
{
    public static Command Create()
    {
        var file = new Argument<FileInfo>("file") { Description = "A GGUF file: a model or an adapter." };
        file.AcceptExistingOnly();
        var tensors = new Option<bool>("--tensors") { Description = "List every tensor with its type and shape." };
        var baseFile = new Option<FileInfo>("--base") { Description = "A model: tell whether the adapter fits it." };
        baseFile.AcceptExistingOnly();
        var command = new Command("inspect", "Check a GGUF file and print its metadata and types.") { file, tensors, baseFile };
        command.SetAction(parseResult =>
        {
            Run(parseResult.GetRequiredValue(file), parseResult.GetValue(tensors));
            return parseResult.GetValue(baseFile) is { } model ? Match(parseResult.GetRequiredValue(file), model) : 0;
        });
        return command;
    }

    private static void Run(FileInfo file, bool listTensors)
    {
        using GgufFile gguf = GgufFile.Open(file.FullName);
        Console.WriteLine($"{file.Name}  {file.Length:N0} bytes");
        Console.WriteLine($"sha256        {FileHash.Sha256(file.FullName)}");
        Console.WriteLine($"architecture  {gguf.Architecture}");
        foreach (string key in gguf.Keys.Where(key => key.StartsWith("general.", StringComparison.Ordinal) || key.StartsWith("edgebuild.", StringComparison.Ordinal)))
        {
            if ((gguf.GetString(key) ?? gguf.GetNumber(key)?.ToString(System.Globalization.CultureInfo.InvariantCulture)) is { } value)
            {
                Console.WriteLine($"{key}  {value}");
            }
        }

        foreach (IGrouping<GgmlType, GgufTensor> group in gguf.Tensors.GroupBy(tensor => tensor.Type).OrderByDescending(group => group.Sum(tensor => tensor.ByteCount)))
        {
            Console.WriteLine($"{GgmlTypes.Name(group.Key),-8} {group.Count(),5} tensors {group.Sum(tensor => tensor.ByteCount),15:N0} bytes");
        }

        if (listTensors)
        {
            foreach (GgufTensor tensor in gguf.Tensors)
            {
                Console.WriteLine(tensor);
            }
        }
    }

    /// <summary>Tells whether llama.cpp would load the adapter onto the base, and whether it was trained on it.</summary>
    private static int Match(FileInfo adapter, FileInfo model)
    {
        using GgufFile gguf = GgufFile.Open(adapter.FullName);
        using LlamaModel loaded = LlamaModel.Load(model.FullName);
        using LlamaAdapter fits = LlamaAdapter.Load(loaded, adapter.FullName);
        string? trainedOn = gguf.GetString("edgebuild.base.sha256");
        string hash = FileHash.Sha256(model.FullName);
        bool same = trainedOn == hash;
        Console.WriteLine(trainedOn is null
            ? $"adapter       fits {model.Name}; it does not say on which base it was trained"
            : $"adapter       fits {model.Name}; it was trained on {(same ? "this very file" : $"another base, SHA-256 {trainedOn}: answers will differ")}");
        return trainedOn is null || same ? 0 : 1;
    }
}

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
        var command = new Command("inspect", "Check a GGUF file and print its metadata and types.") { file, tensors };
        command.SetAction(parseResult => Run(parseResult.GetRequiredValue(file), parseResult.GetValue(tensors)));
        return command;
    }

    private static int Run(FileInfo file, bool listTensors)
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

        return 0;
    }
}

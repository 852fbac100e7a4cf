using System.Security.Cryptography;
using System.Text;
using EdgeBuild.Contracts;
using EdgeBuild.LlamaCpp;
using EdgeBuild.Training;
using EdgeBuild.Worker.Pipeline;
using EdgeBuild.Worker.Signing;

namespace EdgeBuild.Worker.Exporting;

/// <summary>Writes a built model in the forms that other programs read, each in a folder of its own.</summary>
/// <param name="model">The model.</param>
/// <param name="report">Is told each file that was written.</param>
public sealed class ModelExport(BuiltModel model, Action<string> report)
{
    private static readonly string[] _merged = ["gguf", "ollama", "lmstudio", "huggingface"];

    private readonly IReadOnlyList<TrainedPrompt> _prompts = model.LoadPrompts();

    /// <summary>Gets the names of all forms.</summary>
    public static IReadOnlyList<string> Formats { get; } = [.. _merged, "adapter", "peft", "bom"];

    /// <summary>Gets the forms that a model can be written in.</summary>
    /// <param name="model">The model.</param>
    /// <returns>All for a merged model; without those of a merged file for an adapter.</returns>
    public static IReadOnlyList<string> FormatsOf(BuiltModel model) => model.IsAdapter ? [.. Formats.Except(_merged)] : Formats;

    private string FileName => model.Plan.Model + ".gguf";

    /// <summary>Writes the forms.</summary>
    /// <param name="formats">Names of <see cref="Formats"/>.</param>
    /// <param name="output">The folder; made when it is missing.</param>
    /// <param name="publisher">The first part of LM Studio's names.</param>
    /// <param name="key">The private key that signs each folder; null to sign none.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public async Task RunAsync(IReadOnlyCollection<string> formats, string output, string publisher, ECDsa? key, CancellationToken cancellationToken)
    {
        if (model.IsAdapter && formats.FirstOrDefault(format => _merged.Contains(format, StringComparer.OrdinalIgnoreCase)) is { } merged)
        {
            throw new EdgeBuildException(
                ErrorCodes.ModelNotBuilt, $"'{model.Plan.Name}' is an adapter for '{model.Plan.Model}', so there is no merged file for the format '{merged}'. Use {string.Join(", ", FormatsOf(model))}.");
        }

        string? first = null;
        foreach (string format in Formats.Where(format => formats.Contains(format, StringComparer.OrdinalIgnoreCase)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            string folder = Path.Combine(output, format);
            string directory = format == "lmstudio" ? Path.Combine(folder, publisher, model.Plan.Model + "-GGUF") : folder;
            Directory.CreateDirectory(directory);
            if (_merged.Contains(format))
            {
                string path = Path.Combine(directory, FileName);
                WriteMerged(path, first, cancellationToken);
                first ??= path;
                report(path);
            }

            switch (format)
            {
                case "ollama":
                    WriteText(Path.Combine(folder, "Modelfile"), OllamaModelfile.Write(model, _prompts, FileName));
                    break;
                case "huggingface":
                    WriteText(Path.Combine(folder, "README.md"), ModelCard.Write(model, _prompts, FileName));
                    WriteText(Path.Combine(folder, "bom.cdx.json"), BillOfMaterials.Write(model, _prompts, FileHash.Sha256(Path.Combine(folder, FileName), cancellationToken)));
                    break;
                case "adapter":
                    Copy(model.AdapterPath, Path.Combine(folder, model.Plan.Name + ".lora.gguf"));
                    break;
                case "peft":
                    await WritePeftAsync(folder, cancellationToken);
                    break;
                case "bom":
                    WriteText(Path.Combine(folder, "bom.cdx.json"), BillOfMaterials.Write(model, _prompts, FileHash.Sha256(model.ShippedPath, cancellationToken)));
                    break;
            }

            if (key is not null)
            {
                report(ModelSignature.Sign(directory, key, cancellationToken));
            }
        }
    }

    private void WriteMerged(string path, string? same, CancellationToken cancellationToken)
    {
        if (same is null)
        {
            ExportedGguf.Write(model, path, cancellationToken);
        }
        else
        {
            File.Copy(same, path, overwrite: true);
        }
    }

    private async Task WritePeftAsync(string folder, CancellationToken cancellationToken)
    {
        // The rows of query and key stand in another order there, which the trainer's own adapter knows.
        await LibTorchAcquisition.EnsureAsync(Environment.CurrentDirectory, model.Plan.Offline, report, cancellationToken);
        if (!File.Exists(model.Plan.Base.Path))
        {
            throw new EdgeBuildException(ErrorCodes.FileNotFound, $"The base '{model.Plan.Base.Name}' is needed to write a PEFT adapter, and its file is gone. Restore it, or leave the format 'peft' out.", model.Plan.Base.Path);
        }

        using BaseModel baseModel = BaseModel.Load(model.Plan.Base.Path, new BaseModelOptions { ComputeType = ComputeType.Float32, KeepQuantized = true }, cancellationToken);
        using LoraAdapter adapter = LoraAdapter.ReadGguf(model.AdapterPath, baseModel);
        adapter.WritePeft(folder, model.Plan.Base.Name);
        foreach (string file in Directory.GetFiles(folder, "adapter_*"))
        {
            report(file);
        }
    }

    private void WriteText(string path, string text)
    {
        AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));
        report(path);
    }

    private void Copy(string source, string target)
    {
        File.Copy(source, target, overwrite: true);
        report(target);
    }
}

using EdgeBuild.LlamaCpp;
using EdgeBuild.Prompts;

namespace EdgeBuild.Worker.Exporting;

/// <summary>The model file for other programs: the very tensors that ship, with our own chat template.</summary>
public static class ExportedGguf
{
    /// <summary>Writes the file.</summary>
    /// <param name="model">The model.</param>
    /// <param name="path">The file to write.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public static void Write(BuiltModel model, string path, CancellationToken cancellationToken)
    {
        using GgufFile file = GgufFile.Open(model.ModelPath);
        using var writer = new GgufWriter(file);
        writer.Set("tokenizer.chat_template", ChatTemplates.Jinja(ChatFormat.FromId(model.Manifest.ChatFormat ?? string.Empty)!));
        writer.Set("general.name", model.Plan.Model);
        if (model.Plan.Base.License.Length > 0)
        {
            writer.Set("general.license", model.Plan.Base.License);
        }

        foreach (GgufTensor tensor in file.Tensors)
        {
            writer.AddTensor(tensor);
        }

        writer.Write(path, cancellationToken);
    }
}

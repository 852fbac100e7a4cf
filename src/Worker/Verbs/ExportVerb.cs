using System.CommandLine;
using System.Security.Cryptography;
using EdgeBuild.Worker.Exporting;
using EdgeBuild.Worker.Signing;

namespace EdgeBuild.Worker.Verbs;

/// <summary><c>edgebuild export [MODEL]</c>: writes a built model for other programs.</summary>
internal static class ExportVerb
{
    public static Command Create()
    {
        var model = new ModelArguments();
        var output = new Option<DirectoryInfo>("--output", "-o") { Description = "Where the files go.", DefaultValueFactory = _ => new DirectoryInfo("export") };
        var formats = new Option<string[]>("--format", "-f")
        {
            Description = $"What to write: {string.Join(", ", ModelExport.Formats)}. All when not given.",
            AllowMultipleArgumentsPerToken = true,
        };
        formats.AcceptOnlyFromAmong([.. ModelExport.Formats]);
        var publisher = new Option<string>("--publisher") { Description = "The publisher in LM Studio's folders.", DefaultValueFactory = _ => "local" };
        publisher.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } name && (name.Length == 0 || name.IndexOfAny(['/', '\\']) >= 0 || name.StartsWith('.')))
            {
                result.AddError("The publisher is the name of a folder.");
            }
        });
        var sign = new Option<FileInfo?>("--sign") { Description = $"A private key of an elliptic curve (PEM) that signs each folder; the password of an encrypted one is taken from {SigningKey.PasswordVariable}." };
        var command = new Command("export", "Write a built model as a GGUF file, a GGUF or PEFT adapter, and for Ollama, LM Studio and Hugging Face.") { output, formats, publisher, sign };
        model.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            BuiltModel built = model.Find(parsed);
            string[] chosen = parsed.GetValue(formats) is { Length: > 0 } named ? named : [.. ModelExport.FormatsOf(built)];
            using ECDsa? key = parsed.GetValue(sign) is { } file ? SigningKey.ReadPrivate(file.FullName) : null;
            await new ModelExport(built, Console.WriteLine).RunAsync(chosen, parsed.GetRequiredValue(output).FullName, parsed.GetRequiredValue(publisher), key, cancellationToken);
            return 0;
        });
        return command;
    }
}

using System.CommandLine;
using System.Security.Cryptography;
using EdgeBuild.Worker.Signing;

namespace EdgeBuild.Worker.Verbs;

/// <summary><c>edgebuild verify FOLDER --key PUBLIC.pem</c>: checks the signature of an exported model.</summary>
internal static class VerifyVerb
{
    public static Command Create()
    {
        var folder = new Argument<DirectoryInfo>("folder") { Description = "The folder of the model." };
        folder.AcceptExistingOnly();
        var key = new Option<FileInfo>("--key") { Description = "The public key of whoever signed it (PEM).", Required = true };
        var signature = new Option<FileInfo?>("--signature") { Description = $"The signature; {ModelSignature.FileName} in the folder without it." };
        var command = new Command("verify", "Check the signature of a model (OpenSSF Model Signing 1.0).") { folder, key, signature };
        command.SetAction((parsed, cancellationToken) =>
        {
            string directory = parsed.GetRequiredValue(folder).FullName;
            using ECDsa read = SigningKey.ReadPublic(parsed.GetRequiredValue(key).FullName);
            ModelStatement signed = ModelSignature.Verify(directory, parsed.GetValue(signature)?.FullName ?? Path.Combine(directory, ModelSignature.FileName), read, cancellationToken);
            Console.WriteLine($"The signature holds: {signed.Files.Count} files of '{signed.Name}', digest {signed.Digest}.");
            return Task.FromResult(0);
        });
        return command;
    }
}

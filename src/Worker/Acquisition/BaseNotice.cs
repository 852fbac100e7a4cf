using System.Text;
using EdgeBuild.Contracts.Plans;

namespace EdgeBuild.Worker.Acquisition;

/// <summary>
/// What the licence of a base asks of those who hand a model made from it on: the text that ships beside the model, and the duty that a file
/// cannot do for them.
/// </summary>
/// <param name="model">The base.</param>
internal sealed class BaseNotice(PlannedBase model)
{
    private const string ApacheLicense = "Apache-2.0";

    private string Normalized => model.License.ToUpperInvariant().Replace("LICENSEREF-", string.Empty, StringComparison.Ordinal);

    private bool IsLlama => Normalized.StartsWith("LLAMA", StringComparison.Ordinal);

    private bool IsGemma => Normalized.StartsWith("GEMMA", StringComparison.Ordinal);

    /// <summary>Gets what the people behind the app have to do themselves; null when the shipped file is enough.</summary>
    public string? Duty => true switch
    {
        _ when IsLlama => $"the base '{model.Name}' stands under the Llama Community License ({model.License}): show \"Built with Llama\" on a website, user interface, blog post, about page or product documentation of the app, begin the name of a model that you hand on with \"Llama\", hand the agreement on with it, and keep to the Acceptable Use Policy. The notice beside the model says the rest.",
        _ when IsGemma => $"the base '{model.Name}' stands under the Gemma Terms of Use: pass their use restrictions (section 3.2) on to those who get the app, as part of your own terms. The notice beside the model says the rest.",
        _ => null,
    };

    /// <summary>Gets the duty unless it was shown before on this machine.</summary>
    /// <param name="cacheDirectory">Where it is remembered.</param>
    /// <returns>The duty, or null.</returns>
    public string? TakeDuty(string cacheDirectory)
    {
        string marker = Path.Combine(cacheDirectory, "notices", model.Sha256);
        if (Duty is not { } duty || File.Exists(marker))
        {
            return null;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(marker)!);
        File.WriteAllText(marker, string.Empty);
        return duty;
    }

    /// <summary>Writes the notice.</summary>
    /// <param name="name">The name of the model that was made.</param>
    /// <returns>Text with LF line ends.</returns>
    public string ToText(string name)
    {
        var text = new StringBuilder();
        text.Append(IsLlama ? "Built with Llama\n\n" : string.Empty)
            .Append("The model '").Append(name).Append("' is a modified version of '").Append(model.Name).Append("': it was fine-tuned (LoRA, merged) and quantized with EdgeBuild.\n")
            .Append("Base:    ").Append(model.Source).Append(", SHA-256 ").Append(model.Sha256).Append('\n')
            .Append("Licence: ").Append(model.License.Length > 0 ? model.License : "not known; ask the author of the base").Append('\n');
        if (IsLlama)
        {
            // The name of the licence holds its version: llama3.2, Llama-3.1.
            string version = new([.. model.License.Where(c => char.IsAsciiDigit(c) || c == '.')]);
            text.Append("\nLlama ").Append(version).Append(" is licensed under the Llama ").Append(version)
                .Append(" Community License, Copyright (c) Meta Platforms, Inc. All Rights Reserved.\n")
                .Append("Use of this model must comply with the Llama Acceptable Use Policy. The agreement and the policy: https://www.llama.com/llama-downloads/\n");
        }
        else if (IsGemma)
        {
            text.Append("\nGemma is provided under and subject to the Gemma Terms of Use found at ai.google.dev/gemma/terms\n")
                .Append("Use of this model must comply with the Gemma Prohibited Use Policy: ai.google.dev/gemma/prohibited_use_policy\n");
        }
        else if (string.Equals(model.License, ApacheLicense, StringComparison.OrdinalIgnoreCase))
        {
            using var license = new StreamReader(typeof(BaseNotice).Assembly.GetManifestResourceStream("Apache-2.0.txt")!);
            text.Append("\n\n").Append(license.ReadToEnd().ReplaceLineEndings("\n"));
        }

        return text.ToString();
    }
}

using EdgeBuild.Prompts.Yaml;

namespace EdgeBuild.Prompts;

/// <summary>The parts of a prompt file with their places, as far as they could be read: an editor needs them while the file is wrong.</summary>
/// <param name="Root">The front matter; null when it is no YAML of the subset.</param>
/// <param name="FrontMatterEnd">The line of the second <c>---</c>, from 1; 0 when there is none.</param>
/// <param name="Messages">The messages of the body.</param>
public sealed record PromptSyntax(YamlMapping? Root, int FrontMatterEnd, IReadOnlyList<PromptMessage> Messages)
{
    /// <summary>Gets the placeholders in the order of the file.</summary>
    public IEnumerable<PromptPart> Placeholders => Messages.SelectMany(message => message.Parts).Where(part => part.IsPlaceholder);

    /// <summary>Gets the declarations of a list such as <c>inputs</c> or <c>outputs</c>.</summary>
    /// <param name="key">The key of the front matter.</param>
    /// <returns>The declarations that are mappings.</returns>
    public IEnumerable<YamlMapping> Declarations(string key) => Root?[key] is YamlSequence list ? list.Items.OfType<YamlMapping>() : [];

    /// <summary>Gets the names of the declarations of a list.</summary>
    /// <param name="key">The key of the front matter.</param>
    /// <returns>The scalars with the names.</returns>
    public IEnumerable<YamlScalar> Names(string key) => Declarations(key).Select(declaration => declaration["name"]).OfType<YamlScalar>();

    /// <summary>Finds a declaration by its name.</summary>
    /// <param name="key">The key of the list.</param>
    /// <param name="name">The name.</param>
    /// <returns>The declaration, or null.</returns>
    public YamlMapping? FindDeclaration(string key, string name) =>
        Declarations(key).FirstOrDefault(declaration => declaration["name"] is YamlScalar scalar && scalar.Text == name);

    /// <summary>Finds the name of a declaration.</summary>
    /// <param name="key">The key of the list.</param>
    /// <param name="name">The name.</param>
    /// <returns>The scalar with the name, or null.</returns>
    public YamlScalar? FindName(string key, string name) =>
        Names(key).FirstOrDefault(scalar => scalar.Text == name);
}

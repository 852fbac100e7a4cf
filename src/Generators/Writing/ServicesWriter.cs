using EdgeBuild.Generators.Models;

namespace EdgeBuild.Generators.Writing;

/// <summary>Writes the method that adds the client to an app's services.</summary>
internal static class ServicesWriter
{
    private const string Collection = "global::Microsoft.Extensions.DependencyInjection.IServiceCollection";

    /// <summary>Writes the class.</summary>
    public static void Write(CodeWriter code, ClientModel client)
    {
        ClientNames names = client.Names;
        string options = Names.Runtime + "EdgeClientOptions";
        code.Line($"/// <summary>Adds <see cref=\"{names.Client}\"/> to an app's services.</summary>")
            .Line(Names.GeneratedCode)
            .Line($"public static class {names.Services}")
            .Open()
            .Line($"/// <summary>Adds <see cref=\"{names.Client}\"/> as a singleton, under its own type and as <see cref=\"{names.Interface}\"/>.</summary>")
            .Line("/// <param name=\"services\">The services.</param>")
            .Line("/// <param name=\"configure\">Sets how the model is found and run, with the services at hand; null for the defaults.</param>")
            .Line("/// <returns>The same services.</returns>")
            .Declaration($"public static {Collection} Add{names.Client}(this {Collection} services, global::System.Action<global::System.IServiceProvider, {options}>? configure = null) =>")
            .Indent()
            .Line($"{Names.Runtime}EdgeServiceCollectionExtensions.AddEdgeClient<{names.Interface}, {names.Client}>(")
            .Indent()
            .Line($"services, {names.Client}.Definition, static options => new {names.Client}(options), configure);")
            .Outdent()
            .Outdent()
            .Close()
            .Line();
    }
}

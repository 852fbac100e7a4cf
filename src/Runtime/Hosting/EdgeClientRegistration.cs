namespace EdgeBuild.Runtime.Hosting;

/// <summary>A client of the service collection, for those who look after all of them.</summary>
/// <param name="Name">The name of its options.</param>
/// <param name="Prompt">The prompt that it answers.</param>
/// <param name="Open">Gets the client; opens its model the first time.</param>
internal sealed record EdgeClientRegistration(string Name, string Prompt, Func<IServiceProvider, IEdgeClient> Open);

namespace Agency;

/// <summary>The clients of the agency: one for each adapter that the build has put beside the app, so that a new client is items of the project alone.</summary>
internal static class Shops
{
    public static IReadOnlyList<string> Names { get; } =
        [.. EdgeManifest.Load(Path.Combine(AppContext.BaseDirectory, "edge", "Desk.edge.json")).Adapters.Select(adapter => adapter.Name).Order(StringComparer.Ordinal)];
}

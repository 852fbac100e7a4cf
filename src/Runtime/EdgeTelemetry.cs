namespace EdgeBuild.Runtime;

/// <summary>
/// Names of the spans and metrics of calls, which follow OpenTelemetry's semantic conventions for generative AI. Nothing is measured or
/// recorded that nobody listens to.
/// </summary>
public static class EdgeTelemetry
{
    /// <summary>The name of the activity source and of the meter.</summary>
    public const string SourceName = "EdgeBuild.Runtime";

    /// <summary>The value of <c>gen_ai.provider.name</c>.</summary>
    public const string ProviderName = "edgebuild";
}

using EdgeBuild.Contracts;

namespace EdgeBuild.Worker.Acquisition;

/// <summary>
/// Where the Hugging Face Hub is, where its files are kept and who asks for them: the variables and places that Hugging Face's own tools use, so
/// that nothing is set up or downloaded twice.
/// </summary>
/// <param name="Endpoint">The hub's address.</param>
/// <param name="CacheDirectory">The folder of the downloaded repositories.</param>
/// <param name="Token">The user's token, or null.</param>
/// <param name="Offline">Whether the user has set the hub's own switch against network access.</param>
internal sealed record HubSettings(Uri Endpoint, string CacheDirectory, string? Token, bool Offline)
{
    private const string DefaultEndpoint = "https://huggingface.co";
    private static readonly string[] _true = ["1", "ON", "YES", "TRUE"];

    /// <summary>Gets an address of the hub.</summary>
    /// <param name="path">The path behind the endpoint, without a slash in front.</param>
    public Uri At(string path) => new($"{Endpoint.AbsoluteUri.TrimEnd('/')}/{path}");

    /// <summary>Reads the environment.</summary>
    /// <returns>The settings.</returns>
    public static HubSettings FromEnvironment() => Read(Environment.GetEnvironmentVariable, Environment.GetFolderPath(Environment.SpecialFolder.UserProfile));

    /// <summary>Reads the settings.</summary>
    /// <param name="variable">Gets an environment variable.</param>
    /// <param name="home">The user's folder.</param>
    /// <returns>The settings.</returns>
    internal static HubSettings Read(Func<string, string?> variable, string home)
    {
        string? First(params string[] names) => names.Select(variable).FirstOrDefault(value => !string.IsNullOrWhiteSpace(value))?.Trim();
        string hubHome = First("HF_HOME") ?? Path.Combine(First("XDG_CACHE_HOME") ?? Path.Combine(home, ".cache"), "huggingface");
        string tokenFile = First("HF_TOKEN_PATH") ?? Path.Combine(hubHome, "token");
        return new HubSettings(
            ReadEndpoint(First("HF_ENDPOINT") ?? DefaultEndpoint),
            Path.GetFullPath(First("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE") ?? Path.Combine(hubHome, "hub")),
            First("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN") ?? ReadToken(tokenFile),
            First("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE") is { } offline && _true.Contains(offline, StringComparer.OrdinalIgnoreCase));
    }

    private static Uri ReadEndpoint(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? endpoint) && endpoint.Scheme is ("http" or "https")
            ? endpoint
            : throw new EdgeBuildException(ErrorCodes.AcquisitionFailed, $"HF_ENDPOINT is '{text}', which is no address of a hub. Write it like {DefaultEndpoint}, or unset it.");

    private static string? ReadToken(string path)
    {
        try
        {
            return File.Exists(path) && File.ReadAllText(path).Trim() is { Length: > 0 } token ? token : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Public repositories need none, and the others say so.
            return null;
        }
    }
}

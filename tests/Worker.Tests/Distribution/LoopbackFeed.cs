using Microsoft.AspNetCore.Http;
using NuGet.Packaging;

namespace EdgeBuild.Worker.Tests.Distribution;

/// <summary>The least that a NuGet v3 feed is: a service index, flat containers of packages, and a place to push to.</summary>
internal sealed class LoopbackFeed : IAsyncDisposable
{
    private readonly Dictionary<string, byte[]> _packages = new(StringComparer.Ordinal);
    private LoopbackServer? _server;

    /// <summary>Gets or sets the key without which nothing is taken.</summary>
    public string? ApiKey { get; set; }

    /// <summary>Gets or sets the user and password without which nothing is handed out, as <c>user:password</c>.</summary>
    public string? Credentials { get; set; }

    /// <summary>Gets the packages by <c>id/version</c>, in lower case.</summary>
    public IReadOnlyDictionary<string, byte[]> Packages => _packages;

    public string Index => new Uri(_server!.Address, "/v3/index.json").ToString();

    public static async Task<LoopbackFeed> StartAsync()
    {
        var feed = new LoopbackFeed();
        feed._server = await LoopbackServer.StartAsync(feed.AnswerAsync);
        return feed;
    }

    public void Add(string id, string version, byte[] package) => _packages.Add($"{id}/{version}".ToLowerInvariant(), package);

    public ValueTask DisposeAsync() => _server!.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        HttpResponse response = context.Response;
        if (Credentials is { } credentials && context.Request.Headers.Authorization != $"Basic {Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(credentials))}")
        {
            response.StatusCode = 401;
            response.Headers.WWWAuthenticate = "Basic realm=\"feed\"";
            return;
        }

        string[] path = context.Request.Path.Value!.Trim('/').Split('/');
        switch (path)
        {
            case ["v3", "index.json"]:
                await response.WriteAsync($$"""
                    {"version":"3.0.0","resources":[
                      {"@id":"{{new Uri(_server!.Address, "/flat/")}}","@type":"PackageBaseAddress/3.0.0"},
                      {"@id":"{{new Uri(_server.Address, "/push")}}","@type":"PackagePublish/2.0.0"}]}
                    """);
                break;
            case ["push"] when HttpMethods.IsPut(context.Request.Method):
                response.StatusCode = ApiKey is not null && context.Request.Headers["X-NuGet-ApiKey"] != ApiKey ? 403 : await TakeAsync(context.Request) ? 201 : 409;
                break;
            case ["flat", { } id, "index.json"] when VersionsOf(id) is { Length: > 0 } versions:
                await response.WriteAsync($$"""{"versions":[{{string.Join(',', versions.Select(version => $"\"{version}\""))}}]}""");
                break;
            case ["flat", { } id, { } version, { } file] when file.EndsWith(".nupkg", StringComparison.Ordinal) && _packages.TryGetValue($"{id}/{version}", out byte[]? content):
                await response.Body.WriteAsync(content);
                break;
            default:
                response.StatusCode = 404;
                break;
        }
    }

    private string[] VersionsOf(string id) => [.. _packages.Keys.Where(key => key.StartsWith(id + "/", StringComparison.Ordinal)).Select(key => key[(id.Length + 1)..])];

    private async Task<bool> TakeAsync(HttpRequest request)
    {
        IFormCollection form = await request.ReadFormAsync();
        using var content = new MemoryStream();
        await form.Files.Single().CopyToAsync(content);
        content.Position = 0;
        using var reader = new PackageArchiveReader(content, leaveStreamOpen: true);
        return _packages.TryAdd($"{reader.GetIdentity().Id}/{reader.GetIdentity().Version.ToNormalizedString()}".ToLowerInvariant(), content.ToArray());
    }
}

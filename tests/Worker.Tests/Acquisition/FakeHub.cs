using System.Globalization;
using EdgeBuild.Contracts.Bases;
using EdgeBuild.Worker.Acquisition;
using Microsoft.AspNetCore.Http;

namespace EdgeBuild.Worker.Tests.Acquisition;

/// <summary>A hub with one repository and one file, and a storage server behind it; both may misbehave.</summary>
internal sealed class FakeHub : IAsyncDisposable
{
    public const string Commit = "0123456789abcdef0123456789abcdef01234567";

    private LoopbackServer? _hub;
    private LoopbackServer? _storage;

    private FakeHub(byte[] content) => Content = content;

    public byte[] Content { get; set; }

    /// <summary>Gets or sets the hash that the hub claims; null claims none.</summary>
    public string? ClaimedHash { get; set; }

    /// <summary>Gets or sets the size that the hub claims.</summary>
    public long? ClaimedSize { get; set; }

    /// <summary>Gets or sets how many bytes an answer has before the connection breaks; null never breaks.</summary>
    public int? CutAfter { get; set; }

    /// <summary>Gets or sets whether the storage server ignores Range.</summary>
    public bool IgnoresRange { get; set; }

    /// <summary>Gets or sets answers of the hub that come before all others.</summary>
    public Queue<Action<HttpContext>> Troubles { get; } = new();

    public string? RequiredToken { get; set; }

    /// <summary>Gets or sets a former name of the repository.</summary>
    public string? MovedFrom { get; set; }

    /// <summary>Gets what was asked for: <c>HEAD hub</c>, <c>GET storage bytes=100-</c>.</summary>
    public List<string> Requests { get; } = [];

    /// <summary>Gets the waits that were asked for, none of which is waited.</summary>
    public List<TimeSpan> Waits { get; } = [];

    public string Sha256 => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Content));

    public static BaseSource Source => new(BaseSourceKind.Hub, "owner/repo", Commit, "sub/model.gguf");

    public Uri Address => _hub!.Address;

    public static async Task<FakeHub> StartAsync(int size = 300_000)
    {
        byte[] content = new byte[size];
        new Random(7).NextBytes(content);
        return await StartAsync(content);
    }

    public static async Task<FakeHub> StartAsync(byte[] content)
    {
        var fake = new FakeHub(content);
        fake.ClaimedHash = fake.Sha256;
        fake._storage = await LoopbackServer.StartAsync(fake.AnswerStorageAsync);
        fake._hub = await LoopbackServer.StartAsync(fake.AnswerHubAsync);
        return fake;
    }

    public HubSettings Settings(string cache, string? token = null) => new(new Uri(Address.ToString().TrimEnd('/')), cache, token, Offline: false);

    public HubBase Client(string cache, ProgressReporter progress, string? token = null, bool offline = false) => new(Settings(cache, token), offline, progress, (wait, _) =>
    {
        Waits.Add(wait);
        return Task.CompletedTask;
    });

    public async ValueTask DisposeAsync()
    {
        await _hub!.DisposeAsync();
        await _storage!.DisposeAsync();
    }

    private Task AnswerHubAsync(HttpContext context)
    {
        Requests.Add($"{context.Request.Method} hub");
        if (Troubles.TryDequeue(out Action<HttpContext>? trouble))
        {
            trouble(context);
            return Task.CompletedTask;
        }

        if (RequiredToken is { } token && context.Request.Headers.Authorization != $"Bearer {token}")
        {
            context.Response.StatusCode = context.Request.Headers.Authorization.Count == 0 ? 401 : 403;
            context.Response.Headers["X-Error-Code"] = "GatedRepo";
            return Task.CompletedTask;
        }

        if (MovedFrom is { } former && context.Request.Path.StartsWithSegments("/" + former, out PathString rest))
        {
            context.Response.Redirect("/owner/repo" + rest);
            return Task.CompletedTask;
        }

        if (context.Request.Path == "/api/models/owner/repo/revision/main")
        {
            return context.Response.WriteAsync($$$"""{"sha":"{{{Commit}}}","cardData":{"license":"apache-2.0"}}""");
        }

        if (context.Request.Path != $"/owner/repo/resolve/{Commit}/sub/model.gguf")
        {
            context.Response.StatusCode = 404;
            context.Response.Headers["X-Error-Code"] = "EntryNotFound";
            return Task.CompletedTask;
        }

        context.Response.StatusCode = 302;
        context.Response.Headers.Location = new Uri(_storage!.Address, "/stored").ToString();
        context.Response.Headers["X-Repo-Commit"] = Commit;
        if (ClaimedHash is { } hash)
        {
            context.Response.Headers["X-Linked-Etag"] = $"\"{hash}\"";
            context.Response.Headers["X-Linked-Size"] = (ClaimedSize ?? Content.Length).ToString(CultureInfo.InvariantCulture);
        }

        return Task.CompletedTask;
    }

    private async Task AnswerStorageAsync(HttpContext context)
    {
        string range = context.Request.Headers.Range.ToString();
        Requests.Add($"{context.Request.Method} storage {range}".TrimEnd());
        Assert.AreEqual(0, context.Request.Headers.Authorization.Count, "the token is the hub's alone");
        int from = range.Length > 0 && !IgnoresRange ? int.Parse(range["bytes=".Length..].TrimEnd('-'), CultureInfo.InvariantCulture) : 0;
        if (from >= Content.Length)
        {
            context.Response.StatusCode = 416;
            context.Response.Headers.ContentRange = $"bytes */{Content.Length}";
            return;
        }

        if (from > 0)
        {
            context.Response.StatusCode = 206;
            context.Response.Headers.ContentRange = $"bytes {from}-{Content.Length - 1}/{Content.Length}";
        }

        context.Response.ContentLength = Content.Length - from;
        int count = Math.Min(CutAfter ?? int.MaxValue, Content.Length - from);
        await context.Response.Body.WriteAsync(Content.AsMemory(from, count));
        await context.Response.Body.FlushAsync();
        if (count < Content.Length - from)
        {
            // An abort may overtake what was sent before it.
            await Task.Delay(200);
            context.Abort();
        }
    }
}

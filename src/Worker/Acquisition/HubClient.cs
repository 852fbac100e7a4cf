using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using EdgeBuild.Contracts;

namespace EdgeBuild.Worker.Acquisition;

/// <summary>
/// Requests to the hub. Redirects are followed here and not by <see cref="HttpClient"/>: the first answer carries the file's hash, and the token
/// must not reach the storage servers that the hub hands files over to.
/// </summary>
/// <param name="settings">Where the hub is.</param>
/// <param name="onWait">Receives what is waited for.</param>
/// <param name="delay">Waits.</param>
internal sealed class HubClient(HubSettings settings, Action<string> onWait, Func<TimeSpan, CancellationToken, Task>? delay = null) : IDisposable
{
    private const int MostRedirects = 8;

    /// <summary>A server that has not begun to answer by then does not answer.</summary>
    private static readonly TimeSpan _silence = TimeSpan.FromSeconds(60);

    private readonly Func<TimeSpan, CancellationToken, Task> _delay = delay ?? Task.Delay;
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(30), AutomaticDecompression = DecompressionMethods.None })
    {
        // Downloads take as long as they take; FileDownload notices when nothing arrives any more.
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>Gets the address of a file.</summary>
    public Uri FileAddress(string repository, string revision, string file) =>
        settings.At($"{repository}/resolve/{Uri.EscapeDataString(revision)}/{string.Join('/', file.Split('/').Select(Uri.EscapeDataString))}");

    /// <summary>Asks which commit a branch or tag is now.</summary>
    /// <returns>The commit, and the licence that the repository's card names; empty for none.</returns>
    public async Task<(string Commit, string License)> GetRevisionAsync(string repository, string revision, CancellationToken cancellationToken)
    {
        Uri address = settings.At($"api/models/{repository}/revision/{Uri.EscapeDataString(revision)}");
        using HttpResponseMessage response = await SendAsync(HttpMethod.Get, address, 0, followOthers: true, cancellationToken);
        try
        {
            using JsonDocument document = JsonDocument.Parse(await response.Content.ReadAsStringAsync(cancellationToken));
            JsonElement root = document.RootElement;
            string license = root.TryGetProperty("cardData", out JsonElement card) && card.ValueKind == JsonValueKind.Object && card.TryGetProperty("license", out JsonElement value)
                ? (value.ValueKind == JsonValueKind.String ? value.GetString() : null) ?? string.Empty
                : string.Empty;
            return (root.GetProperty("sha").GetString() ?? string.Empty, license);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw Failed(address, "its answer is not that of a Hugging Face Hub", exception);
        }
    }

    /// <summary>Asks for the hash and size of a file.</summary>
    public async Task<HubFileFacts> GetFactsAsync(Uri address, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Head, address, 0, followOthers: false, cancellationToken);
        string Header(string name) => response.Headers.TryGetValues(name, out IEnumerable<string>? values) ? values.First() : string.Empty;
        string etag = Header("X-Linked-Etag") is { Length: > 0 } linked ? linked : response.Headers.ETag?.Tag ?? string.Empty;
        long? size = long.TryParse(Header("X-Linked-Size"), out long linkedSize) ? linkedSize
            : IsRedirect(response.StatusCode) ? null : response.Content.Headers.ContentLength;
        return new HubFileFacts(Header("X-Repo-Commit"), etag.Replace("W/", string.Empty, StringComparison.Ordinal).Trim('"'), size);
    }

    /// <summary>Sends a request until there is an answer that is no error.</summary>
    /// <param name="method">The method.</param>
    /// <param name="address">The address.</param>
    /// <param name="from">The first byte that is wanted.</param>
    /// <param name="followOthers">Whether redirects to other servers are followed; if not, such a redirect is the answer.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>An answer with its content unread: success, 416, or a redirect.</returns>
    /// <exception cref="EdgeBuildException">EDGE4004 or EDGE4009.</exception>
    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, Uri address, long from, bool followOthers, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            TimeSpan wait = RetryPolicy.Wait(attempt);
            string reason;
            try
            {
                HttpResponseMessage response = await FollowAsync(method, address, from, followOthers, cancellationToken);
                if (response.IsSuccessStatusCode || IsRedirect(response.StatusCode) || response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
                {
                    return response;
                }

                using (response)
                {
                    wait = RetryPolicy.Wait(attempt, response.Headers.RetryAfter);
                    reason = $"it answers {(int)response.StatusCode} ({response.StatusCode})";
                    if (!RetryPolicy.IsTransient(response.StatusCode))
                    {
                        throw Refused(address, response);
                    }
                }
            }
            catch (HttpRequestException exception)
            {
                reason = exception.Message.TrimEnd('.');
                if (attempt >= RetryPolicy.MostAttempts)
                {
                    throw Failed(address, reason, exception);
                }
            }

            if (attempt >= RetryPolicy.MostAttempts || wait > RetryPolicy.LongestWait)
            {
                throw Failed(address, wait > RetryPolicy.LongestWait ? $"{reason} and asks to come back in {wait.TotalMinutes:0} minutes" : reason);
            }

            onWait($"waiting {Math.Ceiling(wait.TotalSeconds):0} s for {address.Host}: {reason}");
            await _delay(wait, cancellationToken);
        }
    }

    /// <summary>Waits before something is tried again.</summary>
    public async Task WaitAsync(int attempt, string reason, CancellationToken cancellationToken)
    {
        TimeSpan wait = RetryPolicy.Wait(attempt);
        onWait($"trying again in {wait.TotalSeconds:0} s: {reason}");
        await _delay(wait, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    /// <summary>The error of a server that cannot be had.</summary>
    public static EdgeBuildException Failed(Uri address, string reason, Exception? cause = null) => new(
        ErrorCodes.AcquisitionFailed,
        $"'{address.GetLeftPart(UriPartial.Path)}' cannot be fetched: {reason}. Check the network, the proxy (HTTPS_PROXY) and HF_ENDPOINT, and build again: a download goes on where it stopped.",
        innerException: cause);

    private static bool IsRedirect(HttpStatusCode status) => (int)status is 301 or 302 or 303 or 307 or 308;

    private async Task<HttpResponseMessage> FollowAsync(HttpMethod method, Uri address, long from, bool followOthers, CancellationToken cancellationToken)
    {
        for (int redirects = 0; ; redirects++)
        {
            using var request = new HttpRequestMessage(method, address);
            request.Headers.UserAgent.Add(new ProductInfoHeaderValue("EdgeBuild", typeof(HubClient).Assembly.GetName().Version!.ToString(3)));
            request.Headers.Range = from > 0 ? new RangeHeaderValue(from, null) : null;
            if (settings.Token is { } token && IsHub(address))
            {
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            }

            HttpResponseMessage response = await BeginAsync(request, cancellationToken);
            if (!IsRedirect(response.StatusCode) || response.Headers.Location is not { } location)
            {
                return response;
            }

            var next = new Uri(address, location);
            if (!followOthers && (response.Headers.Contains("X-Linked-Etag") || !IsHub(next)))
            {
                return response;
            }

            response.Dispose();
            if (redirects == MostRedirects || (address.Scheme == Uri.UriSchemeHttps && next.Scheme != Uri.UriSchemeHttps))
            {
                throw Failed(address, redirects == MostRedirects ? "it redirects without end" : "it redirects to an address without encryption");
            }

            address = next;
        }
    }

    private async Task<HttpResponseMessage> BeginAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        silence.CancelAfter(_silence);
        try
        {
            return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, silence.Token);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HttpRequestException($"no answer within {_silence.TotalSeconds:0} s", exception);
        }
    }

    private bool IsHub(Uri address) => address.Scheme == settings.Endpoint.Scheme && address.Authority == settings.Endpoint.Authority;

    private EdgeBuildException Refused(Uri address, HttpResponseMessage response)
    {
        string error = response.Headers.TryGetValues("X-Error-Code", out IEnumerable<string>? values) ? values.First() : string.Empty;
        if (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            string[] path = address.AbsolutePath[settings.Endpoint.AbsolutePath.TrimEnd('/').Length..].TrimStart('/').Split('/');
            Uri page = settings.At(string.Join('/', (path[0] == "api" ? path.Skip(2) : path).Take(2)));
            string who = settings.Token is null
                ? "No token was sent: set HF_TOKEN, or log in with 'hf auth login'"
                : "The token that was sent has no access: check HF_TOKEN, or the token of 'hf auth login', and its permissions";
            return new EdgeBuildException(
                ErrorCodes.AccessDenied,
                $"'{page}' is {(error == "GatedRepo" ? "gated" : "gated, private, or does not exist")} ({(int)response.StatusCode}). Open that page, accept the terms of the model there, and build again. {who}.");
        }

        string reason = error switch
        {
            "RevisionNotFound" => "the repository has no such revision",
            "EntryNotFound" => "the revision has no such file",
            "RepoNotFound" => "there is no such repository",
            _ => $"it answers {(int)response.StatusCode} ({response.StatusCode})",
        };
        return Failed(address, reason);
    }
}

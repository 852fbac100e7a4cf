using System.Globalization;
using System.Net;
using EdgeBuild.Contracts;
using EdgeBuild.LlamaCpp;

namespace EdgeBuild.Worker.Acquisition;

/// <summary>Downloads one large file into a partial file that a later run goes on with, and accepts it by its hash alone.</summary>
/// <param name="client">Sends requests.</param>
/// <param name="address">The file's address.</param>
/// <param name="partial">The partial file.</param>
/// <param name="report">Receives the share that is done, 0 to 1, and the time left.</param>
internal sealed class FileDownload(HubClient client, Uri address, string partial, Action<double, TimeSpan?, string> report)
{
    private const int BufferSize = 1 << 20;

    /// <summary>An attempt that brings so much is not counted among those that bring nothing.</summary>
    private const long Progressing = 1 << 20;

    /// <summary>A connection over which nothing arrives so long is dead.</summary>
    private static readonly TimeSpan _silence = TimeSpan.FromSeconds(60);

    /// <summary>Downloads what is missing.</summary>
    /// <param name="sha256">The hash of the whole; null accepts any content.</param>
    /// <param name="size">Its size, or null.</param>
    /// <param name="cancellationToken">Ends the download; the next one goes on.</param>
    /// <returns>The hash of the file.</returns>
    /// <exception cref="EdgeBuildException">EDGE4003, EDGE4004, EDGE4009 or EDGE0008.</exception>
    public async Task<string> RunAsync(string? sha256, long? size, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(partial)!);
        while (true)
        {
            bool resumes = Length > 0;
            await CompleteAsync(size, cancellationToken);
            string actual = FileHash.Sha256(partial, cancellationToken);
            if (sha256 is null || string.Equals(actual, sha256, StringComparison.OrdinalIgnoreCase))
            {
                return actual;
            }

            File.Delete(partial);
            if (!resumes)
            {
                throw new EdgeBuildException(
                    ErrorCodes.HashMismatch,
                    $"'{address.GetLeftPart(UriPartial.Path)}' has the SHA-256 {actual}, but {sha256} is expected; the download was thrown away. Check Source and Sha256 of the EdgeBase, and where HF_ENDPOINT leads.");
            }

            // The part that an earlier run has left may be the wrong one; the whole gets one chance.
        }
    }

    private long Length => File.Exists(partial) ? new FileInfo(partial).Length : 0;

    private async Task CompleteAsync(long? size, CancellationToken cancellationToken)
    {
        if (Length > (size ?? long.MaxValue))
        {
            File.Delete(partial);
        }

        CheckSpace((size ?? 0) - Length);
        int failures = 0;
        while (Length != (size ?? -1))
        {
            long before = Length;
            string? failure = await TransferAsync(size, cancellationToken);
            if (failure is null)
            {
                return;
            }

            failures = Length - before >= Progressing ? 1 : failures + 1;
            if (failures >= RetryPolicy.MostAttempts)
            {
                throw HubClient.Failed(address, failure);
            }

            await client.WaitAsync(failures, failure, cancellationToken);
        }
    }

    /// <summary>Receives until the end or the first trouble.</summary>
    /// <returns>Null when the server has sent all that it has; else what went wrong.</returns>
    private async Task<string?> TransferAsync(long? size, CancellationToken cancellationToken)
    {
        long from = Length;
        using HttpResponseMessage response = await client.SendAsync(HttpMethod.Get, address, from, followOthers: true, cancellationToken);
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            // The part is longer than the file, or as long: only the hash can tell, and it is the whole that gets it.
            long? whole = response.Content.Headers.ContentRange?.Length;
            if (whole == from)
            {
                return null;
            }

            File.Delete(partial);
            return "the partial file is longer than the server's";
        }

        bool continues = response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == from;
        if (response.StatusCode == HttpStatusCode.PartialContent && !continues && from > 0)
        {
            File.Delete(partial);
            return "the server sends another part than it was asked for";
        }

        long start = continues ? from : 0;
        long? expected = size ?? (response.Content.Headers.ContentLength is { } length ? start + length : null);
        await using var file = new FileStream(partial, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, BufferSize);
        file.SetLength(start);
        file.Position = start;
        string? failure = await CopyAsync(response, file, expected, cancellationToken);
        file.Flush(flushToDisk: true);
        return failure ?? (expected is { } wanted && file.Length != wanted ? $"{file.Length} of {wanted} bytes arrived" : null);
    }

    private async Task<string?> CopyAsync(HttpResponseMessage response, FileStream file, long? expected, CancellationToken cancellationToken)
    {
        byte[] buffer = GC.AllocateUninitializedArray<byte>(BufferSize);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        long start = file.Position;
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            silence.CancelAfter(_silence);
            await using Stream body = await response.Content.ReadAsStreamAsync(silence.Token);
            int count;
            while ((count = await body.ReadAsync(buffer, silence.Token)) > 0)
            {
                silence.CancelAfter(_silence);
                if (file.Position + count > (expected ?? long.MaxValue))
                {
                    return $"the server sends more than the {expected} bytes that it has announced";
                }

                Write(file, buffer.AsSpan(0, count));
                Report(file.Position, expected, start, watch.Elapsed);
            }

            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"nothing has arrived for {_silence.TotalSeconds:0} s";
        }
        catch (Exception exception) when (exception is HttpRequestException or (IOException and not WriteFailedException))
        {
            return exception.Message.TrimEnd('.');
        }
    }

    /// <summary>Writing and reading both throw IOException; a full disk is no matter of the network.</summary>
    private static void Write(FileStream file, ReadOnlySpan<byte> bytes)
    {
        try
        {
            file.Write(bytes);
        }
        catch (IOException exception)
        {
            throw new WriteFailedException(exception);
        }
    }

    private void Report(long have, long? expected, long start, TimeSpan elapsed)
    {
        double share = expected is > 0 and { } all ? (double)have / all : 0;
        TimeSpan? left = expected is { } total && have > start && elapsed.TotalSeconds > 1 ? elapsed * ((double)(total - have) / (have - start)) : null;
        string size = expected is { } whole ? string.Create(CultureInfo.InvariantCulture, $"{have / 1e9:0.00} of {whole / 1e9:0.00} GB") : string.Create(CultureInfo.InvariantCulture, $"{have / 1e9:0.00} GB");
        report(share, left, $"fetching {Path.GetFileName(address.AbsolutePath)}, {size}");
    }

    private void CheckSpace(long needed)
    {
        string directory = Path.GetDirectoryName(partial)!;
        if (FreeSpace(directory) is { } free && needed > free)
        {
            throw new EdgeBuildException(
                ErrorCodes.StorageFailed,
                string.Create(CultureInfo.InvariantCulture, $"'{Path.GetFileName(address.AbsolutePath)}' needs {needed / 1e9:0.00} GB more, '{directory}' has {free / 1e9:0.00} GB. Free some space, or set HF_HOME to a folder on another disk."));
        }
    }

    /// <summary>Gets the space of a disk; null where the system does not say it, as on some network drives.</summary>
    private static long? FreeSpace(string directory)
    {
        try
        {
            return new DriveInfo(directory).AvailableFreeSpace is > 0 and { } free ? free : null;
        }
        catch (Exception exception) when (exception is ArgumentException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private sealed class WriteFailedException(IOException cause) : IOException(cause.Message, cause);
}

using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace EdgeBuild.Package.Tests;

/// <summary>A container registry on this machine with one base image, whose only layer holds one small file.</summary>
internal sealed class LoopbackRegistry : IDisposable
{
    private const string ManifestType = "application/vnd.docker.distribution.manifest.v2+json";

    private readonly HttpListener _listener = new();
    private readonly Dictionary<string, (string Type, byte[] Content)> _documents = new(StringComparer.Ordinal);

    private LoopbackRegistry(int port)
    {
        BaseImage = string.Create(CultureInfo.InvariantCulture, $"localhost:{port}/base:1");
        _listener.Prefixes.Add(string.Create(CultureInfo.InvariantCulture, $"http://localhost:{port}/"));
        AddImage();
    }

    public string BaseImage { get; }

    public static LoopbackRegistry Start()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        int port = ((IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();
        var registry = new LoopbackRegistry(port);
        registry._listener.Start();
        _ = registry.ServeAsync();
        return registry;
    }

    public void Dispose() => _listener.Close();

    private static byte[] Layer()
    {
        var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, leaveOpen: true))
        {
            writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "etc/base") { DataStream = new MemoryStream("base"u8.ToArray()) });
        }

        return tar.ToArray();
    }

    private static string Digest(byte[] content) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content));

    private void AddImage()
    {
        byte[] tar = Layer();
        var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(tar);
        }

        byte[] layer = compressed.ToArray();
        string architecture = System.Runtime.InteropServices.RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? "arm64" : "amd64";
        byte[] config = Encoding.UTF8.GetBytes(
            $$"""{"architecture":"{{architecture}}","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":["{{Digest(tar)}}"]},"history":[]}""");
        byte[] manifest = Encoding.UTF8.GetBytes(
            $$"""{"schemaVersion":2,"mediaType":"{{ManifestType}}","config":{"mediaType":"application/vnd.docker.container.image.v1+json","size":{{config.Length}},"digest":"{{Digest(config)}}"},"layers":[{"mediaType":"application/vnd.docker.image.rootfs.diff.tar.gzip","size":{{layer.Length}},"digest":"{{Digest(layer)}}"}]}""");
        _documents["/v2/"] = ("application/json", "{}"u8.ToArray());
        _documents["/v2/base/manifests/1"] = _documents["/v2/base/manifests/" + Digest(manifest)] = (ManifestType, manifest);
        _documents["/v2/base/blobs/" + Digest(config)] = ("application/octet-stream", config);
        _documents["/v2/base/blobs/" + Digest(layer)] = ("application/octet-stream", layer);
    }

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                HttpListenerContext call = await _listener.GetContextAsync();
                if (_documents.TryGetValue(call.Request.Url!.AbsolutePath, out (string Type, byte[] Content) document))
                {
                    call.Response.ContentType = document.Type;
                    call.Response.ContentLength64 = document.Content.Length;
                    call.Response.AddHeader("Docker-Content-Digest", Digest(document.Content));
                    if (call.Request.HttpMethod == "GET")
                    {
                        await call.Response.OutputStream.WriteAsync(document.Content);
                    }
                }
                else
                {
                    call.Response.StatusCode = 404;
                }

                call.Response.Close();
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
            {
                // The test is over, or a client went away.
            }
        }
    }
}

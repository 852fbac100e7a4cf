using System.Runtime.InteropServices;

namespace EdgeBuild.Training;

/// <summary>Where the native files of libtorch and of its .NET binding lie.</summary>
/// <param name="Directory">The folder of libtorch.</param>
/// <param name="BindingPath">The native file of TorchSharp.</param>
/// <param name="Source">How it was found, for messages.</param>
public sealed record LibTorchPayload(string Directory, string BindingPath, string Source)
{
    internal const string BindingName = "LibTorchSharp";

    /// <summary>Gets this host's runtime identifier, for example <c>linux-x64</c>.</summary>
    public static string RuntimeIdentifier
    {
        get
        {
            string system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
#pragma warning disable CA1308 // runtime identifiers are lower case
            return $"{system}-{RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}";
#pragma warning restore CA1308
        }
    }

    /// <summary>Gets the NuGet packages folder of this user.</summary>
    public static string PackagesDirectory =>
        Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } folder
            ? folder
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    /// <summary>Gets EdgeBuild's cache folder: <c>EDGEBUILD_CACHE</c>, else <c>~/.edgebuild</c>.</summary>
    public static string CacheDirectory =>
        Environment.GetEnvironmentVariable("EDGEBUILD_CACHE") is { Length: > 0 } folder
            ? folder
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".edgebuild");

    /// <summary>Gets the libraries in the order in which they can be loaded; the CUDA part is present only in a CUDA payload.</summary>
    internal IEnumerable<string> LibraryNames
    {
        get
        {
            yield return "c10";
            yield return "torch_cpu";
            foreach (string name in new[] { "c10_cuda", "torch_cuda" })
            {
                if (File.Exists(Path.Combine(Directory, FileName(name))))
                {
                    yield return name;
                }
            }

            yield return "torch";
        }
    }

    /// <summary>Looks in <c>EDGEBUILD_LIBTORCH</c>, in the NuGet packages folder and in EdgeBuild's cache, in that order.</summary>
    /// <returns>The files, or null when they are not all there.</returns>
    public static LibTorchPayload? Find()
    {
        if (Environment.GetEnvironmentVariable("EDGEBUILD_LIBTORCH") is { Length: > 0 } folder)
        {
            return At(folder, folder, "EDGEBUILD_LIBTORCH") ?? At(folder, PackageNatives("torchsharp", LibTorch.BindingVersion), "EDGEBUILD_LIBTORCH");
        }

        string cached = Path.Combine(CacheDirectory, "libtorch", LibTorch.Version, RuntimeIdentifier);
        return At(PackageNatives($"libtorch-cpu-{RuntimeIdentifier}", LibTorch.Version), PackageNatives("torchsharp", LibTorch.BindingVersion), "NuGet packages folder")
            ?? At(cached, cached, "EdgeBuild cache");
    }

    /// <summary>The platform's file name of a library.</summary>
    /// <param name="name">The bare name.</param>
    /// <returns>For example <c>libtorch_cpu.so</c>.</returns>
    internal static string FileName(string name) =>
        OperatingSystem.IsWindows() ? $"{name}.dll" : OperatingSystem.IsMacOS() ? $"lib{name}.dylib" : $"lib{name}.so";

    private static string PackageNatives(string package, string version) =>
        Path.Combine(PackagesDirectory, package, version, "runtimes", RuntimeIdentifier, "native");

    private static LibTorchPayload? At(string directory, string bindingDirectory, string source)
    {
        string binding = Path.Combine(bindingDirectory, FileName(BindingName));
        return File.Exists(Path.Combine(directory, FileName("torch_cpu"))) && File.Exists(binding)
            ? new LibTorchPayload(Path.GetFullPath(directory), Path.GetFullPath(binding), source)
            : null;
    }
}

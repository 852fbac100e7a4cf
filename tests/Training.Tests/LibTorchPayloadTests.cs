using EdgeBuild.Contracts;

namespace EdgeBuild.Training.Tests;

/// <summary>Where libtorch is looked for.</summary>
[TestClass]
public sealed class LibTorchPayloadTests
{
    private static readonly string _rid = LibTorchPayload.RuntimeIdentifier;
    private static readonly string _torch = LibTorchPayload.FileName("torch_cpu");
    private static readonly string _binding = LibTorchPayload.FileName("LibTorchSharp");

    [TestMethod]
    public void The_packages_folder_comes_before_the_cache() => InEmptyFolders(folder =>
    {
        Assert.IsNull(LibTorchPayload.Find());

        string cache = Make(folder, Path.Combine("cache", "libtorch", LibTorch.Version, _rid), _torch, _binding);
        Assert.AreEqual(new LibTorchPayload(cache, Path.Combine(cache, _binding), "EdgeBuild cache"), LibTorchPayload.Find());

        string package = Make(folder, Path.Combine("packages", $"libtorch-cpu-{_rid}", LibTorch.Version, "runtimes", _rid, "native"), _torch);
        Assert.AreEqual(cache, LibTorchPayload.Find()!.Directory, "libtorch without its binding is not used");

        string binding = Make(folder, Path.Combine("packages", "torchsharp", LibTorch.BindingVersion, "runtimes", _rid, "native"), _binding);
        Assert.AreEqual(new LibTorchPayload(package, Path.Combine(binding, _binding), "NuGet packages folder"), LibTorchPayload.Find());
    });

    [TestMethod]
    public void A_folder_that_is_named_comes_first_and_is_the_only_one() => InEmptyFolders(folder =>
    {
        Make(folder, Path.Combine("cache", "libtorch", LibTorch.Version, _rid), _torch, _binding);
        string named = Make(folder, "named");
        using var variable = new EnvironmentVariable("EDGEBUILD_LIBTORCH", named);
        Assert.IsNull(LibTorchPayload.Find());

        Make(folder, "named", _torch);
        Assert.IsNull(LibTorchPayload.Find());

        string binding = Make(folder, Path.Combine("packages", "torchsharp", LibTorch.BindingVersion, "runtimes", _rid, "native"), _binding);
        Assert.AreEqual(new LibTorchPayload(named, Path.Combine(binding, _binding), "EDGEBUILD_LIBTORCH"), LibTorchPayload.Find());

        Make(folder, "named", _binding);
        Assert.AreEqual(new LibTorchPayload(named, Path.Combine(named, _binding), "EDGEBUILD_LIBTORCH"), LibTorchPayload.Find());
    });

    [TestMethod]
    public void Libraries_are_loaded_after_those_that_they_need() => InEmptyFolders(folder =>
    {
        string directory = Make(folder, "named", _torch, _binding);
        var payload = new LibTorchPayload(directory, Path.Combine(directory, _binding), "test");
        CollectionAssert.AreEqual((string[])["c10", "torch_cpu", "torch"], payload.LibraryNames.ToArray());

        Make(folder, "named", LibTorchPayload.FileName("c10_cuda"), LibTorchPayload.FileName("torch_cuda"));
        CollectionAssert.AreEqual((string[])["c10", "torch_cpu", "c10_cuda", "torch_cuda", "torch"], payload.LibraryNames.ToArray());
    });

    [TestMethod]
    public void A_missing_libtorch_is_an_error_that_says_what_to_do()
    {
        EdgeBuildException exception = LibTorch.NotFound();

        Assert.AreEqual(ErrorCodes.LibTorchUnavailable, exception.Code);
        Assert.Contains(_rid, exception.Message);
        Assert.Contains(LibTorch.Version, exception.Message);
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public void The_patched_binding_is_made_once_and_the_original_stays() => InEmptyFolders(folder =>
    {
        string original = folder.File(_binding);
        File.Copy(LibTorch.Payload!.BindingPath, original);
        byte[] before = File.ReadAllBytes(original);

        string copy = OlderStandardLibrary.GetPatchedCopy(original);

        CollectionAssert.AreEqual(before, File.ReadAllBytes(original));
        Assert.StartsWith(LibTorchPayload.CacheDirectory, copy);
        byte[] after = File.ReadAllBytes(copy);
        int[] changed = [.. Enumerable.Range(0, before.Length).Where(index => before[index] != after[index])];
        Assert.HasCount(1, changed);
        Assert.AreEqual(before[changed[0]] | 2, after[changed[0]]);
        DateTime written = File.GetLastWriteTimeUtc(copy);
        Assert.AreEqual(copy, OlderStandardLibrary.GetPatchedCopy(original));
        Assert.AreEqual(written, File.GetLastWriteTimeUtc(copy));
        Assert.HasCount(1, Directory.GetFiles(Path.GetDirectoryName(copy)!));
    });

    [TestMethod]
    public void A_binding_that_cannot_be_adapted_is_an_error_and_leaves_nothing() => InEmptyFolders(folder =>
    {
        string original = folder.File(_binding);
        File.WriteAllText(original, "not a library");

        EdgeBuildException exception = Assert.ThrowsExactly<EdgeBuildException>(() => OlderStandardLibrary.GetPatchedCopy(original));

        Assert.AreEqual(ErrorCodes.LibTorchUnavailable, exception.Code);
        Assert.IsFalse(Directory.Exists(LibTorchPayload.CacheDirectory));
    });

    private static string Make(TemporaryFolder folder, string name, params string[] files)
    {
        string directory = Directory.CreateDirectory(folder.File(name)).FullName;
        foreach (string file in files)
        {
            File.WriteAllText(Path.Combine(directory, file), string.Empty);
        }

        return directory;
    }

    private static void InEmptyFolders(Action<TemporaryFolder> test)
    {
        using var folder = new TemporaryFolder();
        using var packages = new EnvironmentVariable("NUGET_PACKAGES", folder.File("packages"));
        using var cache = new EnvironmentVariable("EDGEBUILD_CACHE", folder.File("cache"));
        using var named = new EnvironmentVariable("EDGEBUILD_LIBTORCH", null);
        test(folder);
    }
}

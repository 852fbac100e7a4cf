using EdgeBuild.Contracts;
using EdgeBuild.Runtime;

namespace EdgeBuild.LlamaCpp.Tests;

[TestClass]
public sealed class NativeLibrariesTests
{
    [TestMethod]
    public void The_loaded_library_has_the_structs_of_the_release()
    {
        NativeLibraries.EnsureLoaded();

        Assert.IsNull(AbiCheck.Mismatch());
        Assert.IsNotNull(NativeLibraries.Folder);
    }

    [TestMethod]
    public void Block_layouts_are_those_of_the_library()
    {
        for (int number = 0; number < GgmlTypes.Count; number++)
        {
            (long blockSize, long byteCount) = AbiCheck.Layout(number);
            var type = (GgmlType)number;
            Assert.AreEqual(blockSize > 0, GgmlTypes.IsKnown(type), $"type {number}");
            if (blockSize > 0)
            {
                Assert.AreEqual(blockSize, GgmlTypes.BlockSize(type), GgmlTypes.Name(type));
                Assert.AreEqual(byteCount, GgmlTypes.BlockByteCount(type), GgmlTypes.Name(type));
            }
        }

        Assert.IsFalse(GgmlTypes.IsKnown((GgmlType)GgmlTypes.Count));
    }

    [TestMethod]
    public void Names_of_types_are_those_of_the_library()
    {
        foreach (GgmlType type in Enum.GetValues<GgmlType>())
        {
            Assert.AreEqual(AbiCheck.TypeName((int)type), GgmlTypes.Name(type), ignoreCase: true);
        }
    }

    [TestMethod]
    public void The_release_is_that_of_the_natives()
    {
        string targets = File.ReadAllText(Path.Combine(RepositoryFiles.Root, "build", "Natives.props"));

        Assert.Contains($"<EdgeBuildLlamaCppVersion>{LlamaCppRelease.Version}<", targets);
    }

    [TestMethod]
    [DataRow("linux-musl-x64", "Alpine")]
    [DataRow("linux-x86", "linux-x86")]
    public void A_platform_without_natives_is_named(string platform, string reason)
    {
        EdgeModelException exception = Assert.ThrowsExactly<EdgeModelException>(() => NativeLibraries.FindFolder(platform, null, AppContext.BaseDirectory, null));

        Assert.AreEqual(ErrorCodes.NativeLibraryMissing, exception.Code);
        Assert.Contains(reason, exception.Message);
    }

    [TestMethod]
    public void Natives_are_looked_for_beside_the_app_and_then_in_the_cache()
    {
        using var folder = new TemporaryFolder();
        string library = Path.GetFileName(Directory.GetFiles(Natives(), "*llama*v*")[0]);
        string app = Directory.CreateDirectory(folder.File("app")).FullName;
        string explicitFolder = Directory.CreateDirectory(folder.File("explicit")).FullName;
        string cache = folder.File("cache");
        string Find(string? given) => NativeLibraries.FindFolder(NativeLibraries.Platform, given, app, cache);

        Assert.AreEqual(ErrorCodes.NativeLibraryMissing, Assert.ThrowsExactly<EdgeModelException>(() => Find(null)).Code);
        string cached = Directory.CreateDirectory(Path.Combine(cache, "natives", LlamaCppRelease.CacheFolder, NativeLibraries.Platform)).FullName;
        File.WriteAllText(Path.Combine(cached, library), string.Empty);
        Assert.AreEqual(cached, Find(null));
        File.WriteAllText(Path.Combine(app, library), string.Empty);
        Assert.AreEqual(app, Find(null));
        string runtime = Directory.CreateDirectory(Path.Combine(app, "runtimes", NativeLibraries.Platform, "native")).FullName;
        File.WriteAllText(Path.Combine(runtime, library), string.Empty);
        Assert.AreEqual(runtime, Find(null));
        Assert.Contains(explicitFolder, Assert.ThrowsExactly<EdgeModelException>(() => Find(explicitFolder)).Message);
        File.WriteAllText(Path.Combine(explicitFolder, library), string.Empty);
        Assert.AreEqual(explicitFolder, Find(explicitFolder));
    }

    [TestMethod]
    public void Damaged_or_incomplete_natives_are_an_error_that_names_them()
    {
        using var folder = new TemporaryFolder();
        EdgeModelException missing = Assert.ThrowsExactly<EdgeModelException>(() => NativeLibraries.Load(folder.Path));
        Assert.AreEqual(ErrorCodes.NativeLibraryMissing, missing.Code);
        Assert.Contains("ggml-base", missing.Message);

        string library = Path.GetFileName(Directory.GetFiles(Natives(), "*ggml-base*")[0]);
        File.WriteAllText(folder.File(library), "no library");
        EdgeModelException damaged = Assert.ThrowsExactly<EdgeModelException>(() => NativeLibraries.Load(folder.Path));
        Assert.AreEqual(ErrorCodes.NativeLibraryMissing, damaged.Code);
        Assert.Contains(library, damaged.Message);
    }

    [TestMethod]
    [DoNotParallelize]
    public void The_log_has_whole_lines_and_only_what_was_asked_for()
    {
        NativeLibraries.EnsureLoaded();
        var lines = new List<(LlamaLogLevel Level, string Line)>();
        Action<LlamaLogLevel, string> log = NativeLibraries.Log;
        LlamaLogLevel level = NativeLibraries.MinimumLogLevel;
        try
        {
            int thread = Environment.CurrentManagedThreadId;
            NativeLibraries.Log = (lineLevel, line) =>
            {
                if (Environment.CurrentManagedThreadId == thread)
                {
                    lines.Add((lineLevel, line));
                }
            };
            LlamaModel.Load(RepositoryFiles.Fixture("smollm2", "base.gguf")).Dispose();
            Assert.IsFalse(lines.Any(line => line.Level < LlamaLogLevel.Warning));
            NativeLibraries.MinimumLogLevel = LlamaLogLevel.None;
            LlamaModel.Load(RepositoryFiles.Fixture("smollm2", "base.gguf")).Dispose();
        }
        finally
        {
            NativeLibraries.Log = log;
            NativeLibraries.MinimumLogLevel = level;
        }

        Assert.IsTrue(lines.Any(line => line is { Level: LlamaLogLevel.Information } && line.Line.Contains("general.architecture", StringComparison.Ordinal)));
        Assert.IsTrue(lines.All(line => line.Line.Length > 0 && !line.Line.EndsWith('\n')));
    }

    private static string Natives()
    {
        NativeLibraries.EnsureLoaded();
        return NativeLibraries.Folder!;
    }
}

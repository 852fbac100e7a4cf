namespace EdgeBuild.Training.Tests;

/// <summary>The one change that EdgeBuild makes to a native file.</summary>
[TestClass]
public sealed class ElfVersionRequirementTests
{
    private const string Library = "libstdc++.so.6";
    private const string Version = "GLIBCXX_3.4.32";

    [TestMethod]
    public void The_flag_of_the_requirement_is_set_and_nothing_else_changes()
    {
        byte[] before = Valid().ToArray();
        byte[] after = [.. before];

        ElfVersionRequirement.MakeWeak(after, Library, Version);

        int changed = Enumerable.Range(0, before.Length).Single(index => before[index] != after[index]);
        Assert.AreEqual(0, before[changed]);
        Assert.AreEqual(2, after[changed]);

        // Vernaux of that version: its index, 4, stands two bytes behind its flags.
        Assert.AreEqual(4, after[changed + 2]);

        byte[] again = [.. after];
        ElfVersionRequirement.MakeWeak(again, Library, Version);
        CollectionAssert.AreEqual(after, again);
    }

    [TestMethod]
    public void A_file_that_binds_a_symbol_of_the_version_is_refused()
    {
        // 0x8000 marks a hidden symbol; its version is in the other bits.
        foreach (ushort version in (ushort[])[4, 0x8004])
        {
            AssertRefused(new ElfFile { Requirements = Valid().Requirements, SymbolVersions = [0, 2, version], RelocatedSymbols = [1, 2] }, "binds a symbol");
        }

        ElfVersionRequirement.MakeWeak(new ElfFile { Requirements = Valid().Requirements, SymbolVersions = [0, 2, 4], RelocatedSymbols = [1] }.ToArray(), Library, Version);
    }

    [TestMethod]
    public void A_file_without_the_requirement_is_refused()
    {
        AssertRefused(new ElfFile { Requirements = [(Library, ["GLIBCXX_3.4.30"])] }, "does not require");
        AssertRefused(new ElfFile { Requirements = [("libother.so", [Version]), (Library, ["GLIBCXX_3.4"])] }, "does not require");
    }

    [TestMethod]
    public void A_file_with_the_requirement_twice_is_refused() =>
        AssertRefused(new ElfFile { Requirements = [(Library, [Version, "GLIBCXX_3.4"]), (Library, [Version])] }, "twice");

    [TestMethod]
    public void A_relocation_of_a_symbol_that_is_not_there_is_refused() =>
        AssertRefused(new ElfFile { Requirements = Valid().Requirements, RelocatedSymbols = [2] }, "without a version");

    [TestMethod]
    public void Other_files_are_refused()
    {
        foreach (byte[] file in (byte[][])[[], [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1], new byte[500], [.. Valid().ToArray().Select((value, index) => index == 4 ? (byte)1 : value)]])
        {
            Assert.ThrowsExactly<InvalidDataException>(() => ElfVersionRequirement.MakeWeak(file, Library, Version));
        }
    }

    [TestMethod]
    public void A_damaged_file_is_refused_or_changed_in_one_bit_but_never_crashes_the_reader()
    {
        byte[] valid = Valid().ToArray();
        int refused = 0;
        for (int length = 0; length < valid.Length; length++)
        {
            Assert.ThrowsExactly<InvalidDataException>(() => ElfVersionRequirement.MakeWeak(valid.AsSpan(0, length).ToArray(), Library, Version));
        }

        foreach (byte value in (byte[])[0x00, 0x01, 0x7f, 0x80, 0xff])
        {
            for (int place = 0; place < valid.Length; place++)
            {
                byte[] damaged = [.. valid];
                damaged[place] = value;
                byte[] before = [.. damaged];
                try
                {
                    ElfVersionRequirement.MakeWeak(damaged, Library, Version);
                    Assert.IsLessThanOrEqualTo(1, Enumerable.Range(0, before.Length).Count(index => before[index] != damaged[index]));
                }
                catch (InvalidDataException)
                {
                    refused++;
                    CollectionAssert.AreEqual(before, damaged);
                }
            }
        }

        Assert.IsGreaterThan(100, refused);
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public void The_binding_of_the_package_is_one_that_can_be_adapted()
    {
        byte[] before = File.ReadAllBytes(LibTorch.Payload!.BindingPath);
        byte[] after = [.. before];

        ElfVersionRequirement.MakeWeak(after, Library, OlderStandardLibrary.VersionName);

        Assert.AreEqual(1, before.Zip(after).Count(pair => pair.First != pair.Second));
    }

    private static ElfFile Valid() => new() { Requirements = [("libc.so.6", ["GLIBC_2.34"]), (Library, ["GLIBCXX_3.4", Version, "CXXABI_1.3"])] };

    private static void AssertRefused(ElfFile file, string reason) =>
        Assert.Contains(reason, Assert.ThrowsExactly<InvalidDataException>(() => ElfVersionRequirement.MakeWeak(file.ToArray(), Library, Version)).Message);
}
